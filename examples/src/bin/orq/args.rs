//! What the command line takes.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum, builder::NonEmptyStringValueParser};
use clap_complete::Shell;
use orq_core::model::RawJson;

const AFTER_HELP: &str = "\
Environment (a flag wins over its variable, a variable over the default; an empty one counts as unset; white space
around a value is ignored, quotation marks around it are an error):
  ORQ_API_KEY      the API key; required, and taken from nowhere else
  ORQ_BASE_URL     as --base-url
  ORQ_ENVIRONMENT  as --environment
  ORQ_CONTACT_ID   as --contact-id

Exit status:
  0  it worked, or whoever read the output closed the pipe: that ends the program quietly
  1  the call failed, or was refused before anything was sent, or `check` found something
  2  the command line can't be used

A failure is `error[KIND]: ...` on stderr. With --output json the last line of stderr is
{\"error\":{\"kind\",\"phase\",\"delivery\",\"timeout\",\"waited_ms\",\"status\",\"code\",\"message\",\"trace_id\",
\"attempts\",\"retry_after_ms\",\"partial_text\"}}, null where it doesn't apply.";

/// Deployments of orq.ai: invoke one, stream its answer, talk with it, fetch its configuration, list them all
#[derive(Parser)]
#[command(name = "orq", version, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    #[command(flatten)]
    Call(Verb),
    /// Print the script that has a shell complete this command line
    Completions { shell: Shell },
}

/// Accepted before and after the verb.
#[derive(Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    #[arg(
        long,
        global = true,
        value_name = "URL",
        help = "Where the API lives [default: https://my.orq.ai]"
    )]
    pub(crate) base_url: Option<String>,

    /// What carries the requests
    #[arg(long, global = true, value_enum, value_name = "NAME", default_value_t = Transport::Reqwest)]
    pub(crate) transport: Transport,

    /// The environment for the deployment's rules; `environments` in the request's context wins over it
    #[arg(long, global = true, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) environment: Option<String>,

    /// The contact that calls are attributed to; an identity in the request wins over it
    #[arg(long, global = true, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) contact_id: Option<String>,

    /// How long a whole call may take, with its retries [default: 600; no limit for stream and chat]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,

    /// How long to wait for the response's head [default: 600]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) head_timeout: Option<Duration>,

    /// How long to wait for the next bytes of the response's body [default: 300]
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) idle_timeout: Option<Duration>,

    /// How long making a connection may take, with its TLS handshake
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds, default_value = "10")]
    pub(crate) connect_timeout: Duration,

    /// How often to repeat a call where nothing can be done twice by it; 0 for never
    #[arg(long, global = true, value_name = "N", default_value_t = 2)]
    pub(crate) retries: u32,

    /// Permit plain http to another machine: the key then travels unencrypted
    #[arg(long, global = true)]
    pub(crate) allow_http: bool,

    /// text for people; json for programs: what the server sent, a value a line
    #[arg(long, global = true, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub(crate) output: Format,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Transport {
    Reqwest,
    Hyper,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Run a deployment and wait for its whole answer
    Invoke(Request),
    /// Run a deployment and print its answer as it arrives
    Stream(Request),
    /// Talk with a deployment: each line of stdin is a question, asked with all before it
    ///
    /// On a terminal a line editor reads the questions, and the arrows bring earlier ones back. ^C ends the answer
    /// that is being printed, and at the prompt the program, as ^D does. A question whose answer didn't come to its
    /// end, or has no text, is left out of the conversation with what there is of its answer.
    Chat(Chat),
    /// Fetch what a deployment would run with this request, without running it
    Config(Request),
    /// Compare a request's inputs with the variables that the live versions of its deployment have
    ///
    /// It names the variables without an input, the inputs that nothing uses, and the nearest names. Exits with 1 if
    /// there are any. The deployment isn't run.
    Check(Request),
    /// List the deployments, newest first
    List(List),
    /// List the versions of a deployment, newest first, with drafts
    Versions(Versions),
    /// Annotate an answer, or delete its annotations, by the `trace_id` and `span_id` in its `telemetry`
    Annotate(Annotate),
}

/// A request: from flags, from JSON, or from JSON with the flags added to it.
#[derive(Args)]
pub(crate) struct Request {
    /// The deployment's key; wins over the `key` of --json
    #[arg(required_unless_present = "json")]
    pub(crate) key: Option<String>,

    /// Set a variable of the prompt. The value is JSON if it can be read as such, otherwise a string
    #[arg(long = "input", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) inputs: Vec<Pair>,

    /// Set a value that routing rules look at; read as for --input
    #[arg(long = "context", value_name = "NAME=VALUE", value_parser = pair)]
    pub(crate) context: Vec<Pair>,

    /// Add a message of the user
    #[arg(long = "message", value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) messages: Vec<String>,

    /// Ask for token counts
    #[arg(long)]
    pub(crate) include_usage: bool,

    /// Ask for the documents that were retrieved
    #[arg(long)]
    pub(crate) include_retrievals: bool,

    /// Have the server answer with this text, without asking a model
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) mock_response: Option<String>,

    /// Read a whole request as the API's JSON, from a file or from stdin (-). KEY and the flags above are put
    /// into it: values of the same name are replaced, messages are added at the end. A `stream` field is ignored
    #[arg(long, value_name = "FILE|-")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Chat {
    #[command(flatten)]
    pub(crate) request: Request,

    /// Begin the conversation with a system message
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(crate) system: Option<String>,
}

#[derive(Args)]
pub(crate) struct List {
    /// How many items a page has, 1 to 50 [default: the server's, 10]
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,

    /// Begin with the next older item after this one
    #[arg(long, value_name = "ID")]
    pub(crate) starting_after: Option<String>,

    /// End with the next newer item before this one
    #[arg(long, value_name = "ID")]
    pub(crate) ending_before: Option<String>,

    /// Follow the pages to their end
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Args)]
pub(crate) struct Versions {
    /// The deployment's key, or its id
    pub(crate) key: String,

    #[command(flatten)]
    pub(crate) list: List,
}

#[derive(Args)]
pub(crate) struct Annotate {
    /// The id of the trace
    pub(crate) trace_id: String,

    /// The id of the span
    pub(crate) span_id: String,

    /// The value of the review with this key. JSON if it is a string, a number, a boolean or an array of strings;
    /// otherwise a string
    #[arg(value_name = "KEY=VALUE", value_parser = pair, required_unless_present = "delete")]
    pub(crate) values: Vec<Pair>,

    /// Delete the annotation with this key
    #[arg(long, value_name = "KEY", conflicts_with = "values")]
    pub(crate) delete: Vec<String>,

    /// Who annotates
    #[arg(long, value_name = "ID")]
    pub(crate) identity: Option<String>,
}

/// `NAME=VALUE`, read.
#[derive(Clone)]
pub(crate) struct Pair {
    pub(crate) name: String,
    pub(crate) value: RawJson,
}

fn pair(text: &str) -> Result<Pair, String> {
    match text.split_once('=') {
        None => Err("there is no `=` in it".to_owned()),
        Some(("", _)) => Err("there is no name before the `=`".to_owned()),
        Some((name, value)) => Ok(Pair {
            name: name.to_owned(),
            value: RawJson::from_text(value)
                .or_else(|_| RawJson::new(value))
                .map_err(|error| error.to_string())?,
        }),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn values_are_json_if_they_can_be_read_as_such() {
        for (text, name, value) in [
            ("n=18446744073709551615", "n", "18446744073709551615"),
            ("n=0.10", "n", "0.10"),
            ("x=null", "x", "null"),
            (r#"o={"z":1,"a":[true]}"#, "o", r#"{"z":1,"a":[true]}"#),
            (r#"s="7""#, "s", r#""7""#),
            ("s=Jane", "s", r#""Jane""#),
            ("s=", "s", r#""""#),
            ("s=a=b", "s", r#""a=b""#),
            ("s={broken", "s", r#""{broken""#),
            ("s=007", "s", r#""007""#),
        ] {
            let pair = pair(text).unwrap();
            assert_eq!((&*pair.name, pair.value.json()), (name, value));
        }
        assert!(pair("name").is_err());
        assert!(pair("=value").is_err());
    }

    #[test]
    fn seconds_may_be_fractions_and_nothing_else_is_taken() {
        assert_eq!(seconds("0.25").unwrap(), Duration::from_millis(250));
        assert_eq!(seconds("20").unwrap(), Duration::from_secs(20));
        for text in ["-1", "NaN", "inf", "1e300", "", "5s"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
