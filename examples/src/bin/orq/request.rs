//! A request from the command line, from a file, or from both.

use std::{
    fmt::Display,
    fs,
    io::{self, Read},
    path::Path,
};

use orq_core::{
    DeploymentRequest, Message,
    model::{JsonMap, RawJson},
};

use crate::{
    args::{Pair, Request},
    failure::Failure,
    json::without_byte_order_mark,
};

/// The request that `arguments` describe. The flags are put into that of `--json`, if there is one.
pub(crate) fn build(arguments: Request) -> Result<DeploymentRequest, Failure> {
    let mut request = match &arguments.json {
        Some(path) => {
            let text = read(path)?;
            parse(&text, arguments.key).map_err(|error| {
                Failure::argument(format!("{} is no request: {error}", name(path)))
            })?
        }
        None => DeploymentRequest::new(arguments.key.unwrap_or_default()),
    };
    put(&mut request.inputs, arguments.inputs);
    put(&mut request.context, arguments.context);
    for text in arguments.messages {
        request = request.message(Message::user(text));
    }
    if arguments.include_usage {
        request = request.include_usage();
    }
    if arguments.include_retrievals {
        request = request.include_retrievals();
    }
    if let Some(text) = arguments.mock_response {
        request = request.mock_response(text);
    }
    Ok(request)
}

fn put(map: &mut Option<JsonMap>, pairs: Vec<Pair>) {
    for Pair { name, value } in pairs {
        map.get_or_insert_default().insert_raw(name, value);
    }
}

/// Reads a text, which may begin with a byte order mark.
fn read(path: &Path) -> Result<String, Failure> {
    let refused =
        |why: &dyn Display| Failure::argument(format!("can't read {}: {why}", name(path)));
    let bytes = if is_stdin(path) {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let bytes = bytes.map_err(|error| refused(&error))?;
    match str::from_utf8(without_byte_order_mark(&bytes)) {
        Ok(text) => Ok(text.to_owned()),
        Err(_) if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") => {
            Err(refused(&"it is UTF-16; save it as UTF-8"))
        }
        Err(_) => Err(refused(&"it is not UTF-8")),
    }
}

/// Whether the path stands for stdin.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn name(path: &Path) -> String {
    if is_stdin(path) {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    }
}

/// Reads a request. The key is replaced first, since the JSON needn't have one then.
fn parse(text: &str, key: Option<String>) -> Result<DeploymentRequest, serde_json::Error> {
    let Some(key) = key else {
        return serde_json::from_str(text);
    };
    let mut fields: JsonMap = serde_json::from_str(text)?;
    fields.insert("key", key);
    RawJson::new(fields)?.parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_its_own_replaces_that_of_the_json() {
        let parsed = |text, key: Option<&str>| parse(text, key.map(str::to_owned));
        for text in ["{}", r#"{"key":"b"}"#, r#"{"key":7}"#] {
            assert_eq!(parsed(text, Some("a")).unwrap().key, "a");
        }
        assert_eq!(parsed(r#"{"key":"b"}"#, None).unwrap().key, "b");
        for text in [
            "{}",
            "[]",
            "",
            r#"{"key":7}"#,
            r#"{"key":"b","messages":7}"#,
        ] {
            assert!(parsed(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn flags_add_to_the_json() {
        let mut request = parse(r#"{"key":"a","inputs":{"z":1,"a":2}}"#, None).unwrap();
        let pair = |name: &str, value: u32| Pair {
            name: name.to_owned(),
            value: RawJson::new(value).unwrap(),
        };
        put(&mut request.inputs, vec![pair("z", 3), pair("b", 4)]);
        put(&mut request.context, vec![]);
        assert_eq!(
            serde_json::to_string(&request).unwrap(),
            r#"{"key":"a","inputs":{"z":3,"a":2,"b":4}}"#
        );
    }
}
