//! Lists: one page of them, or all.

use futures::TryStreamExt;
use orq_core::{Client, Error, Response, list::Items};
use serde::Serialize;

use crate::{
    args::{Format, List, Versions},
    failure::Failure,
    json,
    output::{Output, tell},
    table::{self, Row},
    verbs::warn,
};

/// Sets the limit and the cursors of a listing.
macro_rules! with {
    ($arguments:expr, $listing:expr) => {{
        let mut listing = $listing;
        if let Some(limit) = $arguments.limit {
            listing = listing.limit(limit);
        }
        if let Some(id) = $arguments.starting_after {
            listing = listing.starting_after(id);
        }
        if let Some(id) = $arguments.ending_before {
            listing = listing.ending_before(id);
        }
        listing
    }};
}

pub(crate) async fn deployments(
    client: &Client,
    arguments: List,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let listing = with!(arguments, client.deployments().list());
    if arguments.all {
        return all(listing.items(), format, output).await;
    }
    let page = listing.await?;
    show(&page, &page.data, page.has_more, format, output)
}

pub(crate) async fn versions(
    client: &Client,
    arguments: Versions,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    let Versions { key, list } = arguments;
    let listing = with!(list, client.deployments().versions(key));
    if list.all {
        return all(listing.items(), format, output).await;
    }
    let page = listing.await?;
    show(&page, &page.data, page.has_more, format, output)
}

fn show<T: Row>(
    page: &Response<impl Serialize>,
    items: &[T],
    has_more: bool,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure> {
    match format {
        Format::Json => {
            let body = page.body().map(|body| &body[..]);
            output.line(json::received(body, &**page)?)
        }
        Format::Text => {
            warn(page.meta().warnings());
            output.write(table::of(items))?;
            // A page that isn't the last looks like one that is.
            if has_more {
                tell("note: there are more; --all lists them");
            }
            Ok(())
        }
    }
}

async fn all<T: Row>(
    mut items: Items<T>,
    format: Format,
    output: &mut Output,
) -> Result<(), Failure>
where
    Items<T>: futures::Stream<Item = Result<T, Error>> + Unpin,
{
    match format {
        Format::Json => {
            while let Some(item) = items.try_next().await? {
                output.line(json::received(json::bytes(item.raw()), &item)?)?;
            }
            Ok(())
        }
        // The widths of a table's columns are known when all of it is. What came before a failure is shown too.
        Format::Text => {
            let mut all = Vec::new();
            let end = loop {
                match items.try_next().await {
                    Ok(Some(item)) => all.push(item),
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            output.write(table::of(&all))?;
            Ok(end?)
        }
    }
}
