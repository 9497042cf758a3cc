//! What a call and an event cost the client, beside clients written by hand.
//!
//! `cargo bench -p orq-testkit --bench end_to_end` starts a load server, which is this program in a process of its own,
//! and lets four clients do the same work in turn, many rounds over: this one over hyper beside the floor, which is
//! hyper-util's client with a scan for line ends and serde into a borrowed struct; and this one over reqwest beside the
//! stack that people write, reqwest with eventsource-stream and serde into an owned struct.
//!
//! Names of rows or of the groups `streams`, `calls`, `tls`, `h2` and `paced` as arguments run those alone; `--quick`
//! measures less often and with shorter streams.
//!
//! The server sends an HTTP chunk of about 356 bytes for each event, 20,000 of them in a long stream, and answers calls
//! with 700 bytes. The times are CPU time of the client's process, the kernel's part included, in microseconds an event
//! or a call: the median of the rounds. Client and server run on one core, so that no core has to be woken for each
//! answer; where the system can't pin them, the first line says so. The clients run as tasks of a runtime, as the handlers
//! of a server do: the future of `block_on` would be woken by a system call for each event. The least steady rows are `request_1mib`, whose time
//! depends on whether the C library keeps large blocks, and `paced_100`, which has the fewest events.
//!
//! After the table there are lines for machines:
//! - `RATIO <row> floor=<x> stack=<x>`: ours over hyper to the floor, ours over reqwest to the stack; the median of the
//!   ratios within a round.
//! - `ALLOCATIONS <row> hyper=<n> reqwest=<n>`: ours, an event or a call.
//! - `PEAK <row> hyper=<x> reqwest=<x>`: the most bytes of the heap that ours holds at once during a call, as a multiple
//!   of the size of the answer or of the request's text. The request itself counts, and so does the answer that is returned.
//! - `MEMORY <row> hyper=<x> reqwest=<x>`: the bytes of the heap that an open stream of ours holds after its first event,
//!   to those of a stream of the same library by hand.
//!
//! A stream that doesn't complete, and a text that isn't the server's, end the program with an error.
#![allow(clippy::print_stdout, reason = "the program's report")]

#[path = "../../../orq-core/benches/sse_peers/alloc.rs"]
mod alloc;
mod body;
mod contender;
mod floor;
mod load;
mod machine;
mod measure;
mod origin;
mod ours;
mod paced;
mod plan;
mod report;
mod row;
mod server;
mod stack;

use std::{env, io, sync::Arc};

use tokio::runtime::{Builder, Runtime};

use self::{
    contender::Contender, floor::Floor, measure::Contenders, origin::Origin, ours::Ours,
    plan::Plan, stack::Stack,
};

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

fn main() -> Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    if let [flag, long] = &arguments[..]
        && flag == server::FLAG
    {
        return server::run(long.parse()?);
    }
    let is_quick = arguments.iter().any(|argument| argument == "--quick");
    let names = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'));
    let plan = Plan::of(names.map(String::as_str).collect(), is_quick)?;
    println!("{}", machine::pin());
    let mut all = Vec::new();
    let done = plan.run(&mut all);
    // What was measured before a failure is worth its lines.
    report::print_ratios(&all);
    done
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

/// Returns the contenders: ours over hyper, the floor, ours over reqwest, the stack.
fn contenders(origin: &Origin) -> Result<Contenders> {
    let authority = &origin.authority;
    let contenders: [Arc<dyn Contender>; 4] = [
        Arc::new(Ours::over_hyper(authority)?),
        Arc::new(Floor::new(authority)?),
        Arc::new(Ours::over_reqwest(authority)?),
        Arc::new(Stack::new(authority)?),
    ];
    Ok(contenders)
}
