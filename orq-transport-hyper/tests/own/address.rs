//! How hyper writes the address.

use tokio::sync::mpsc;

use crate::wire::{get, guarded, server::Server};

#[tokio::test]
async fn the_path_is_written_as_given() {
    guarded(async {
        let (lines, mut seen) = mpsc::unbounded_channel();
        let server = Server::http1(move |mut connection, _| {
            let lines = lines.clone();
            async move {
                while let Some(request) = connection.request().await? {
                    lines.send(request.line).unwrap();
                    connection.write("HTTP/1.1 204 No Content\r\n\r\n").await?;
                }
                Ok(())
            }
        })
        .await;
        let transport = crate::make(Default::default());
        for (given, written) in [
            ("", "/"),
            ("/v2/deployments", "/v2/deployments"),
            ("/v2//a%2Fb+c", "/v2//a%2Fb+c"),
            ("/v2/x/../y", "/v2/x/../y"),
            ("/v2/{key}\"", "/v2/{key}\""),
            ("/?a=b+c%20d&e=%E2%82%AC", "/?a=b+c%20d&e=%E2%82%AC"),
            ("?q='", "/?q='"),
        ] {
            transport.send(get(&server.url(given))).await.unwrap();
            let expected = format!("GET {written} HTTP/1.1");
            assert_eq!(seen.recv().await.unwrap(), expected);
        }
    })
    .await;
}
