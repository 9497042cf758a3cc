//! The list of checks, and the checks.

mod faults;
mod fidelity;
mod flow;
mod http2;
mod layer;
mod proxy;
mod secrets;
mod tls;

use futures::future::BoxFuture;

use super::{
    ability::Ability,
    allowed::{self, Allowed},
    failure::Outcome,
    subject::Subject,
};

/// One check.
pub(crate) struct Check {
    pub(crate) name: &'static str,
    /// What it can't do without: what its whole module needs, and what it needs itself.
    pub(crate) needs: [&'static [Ability]; 2],
    /// The outcomes that it judges by, if it judges any.
    pub(crate) allowed: Option<&'static Allowed>,
    pub(crate) run: for<'a> fn(&'a Subject) -> BoxFuture<'a, Outcome>,
}

impl Check {
    pub(crate) fn is_of_layers(&self) -> bool {
        self.name.starts_with("layer::")
    }

    pub(crate) fn needs(&self) -> impl Iterator<Item = Ability> {
        self.needs.into_iter().flatten().copied()
    }
}

macro_rules! checks {
    ($(
        $module:ident $all_need:tt {
            $( $check:ident $needs:tt $($allowed:ident)?, )*
        }
    )*) => {
        /// The names of all checks, in the order of a [`Report`](crate::conformance::Report).
        pub const CHECKS: &[&str] = &[$($( concat!(stringify!($module), "::", stringify!($check)), )*)*];

        pub(crate) const TABLE: &[Check] = &[$($(
            Check {
                name: concat!(stringify!($module), "::", stringify!($check)),
                needs: [needs!($all_need), needs!($needs)],
                allowed: allowed!($($allowed)?),
                run: |subject| Box::pin($module::$check(subject)),
            },
        )*)*];
    };
}

macro_rules! needs {
    ([$($ability:ident)*]) => {
        &[$(Ability::$ability),*]
    };
}

macro_rules! allowed {
    () => {
        None
    };
    ($allowed:ident) => {
        Some(&allowed::$allowed)
    };
}

checks! {
    fidelity [] {
        a_get_arrives_as_given [],
        a_post_arrives_as_given [],
        nothing_but_documented_headers_is_added [],
        request_bodies_of_every_size [],
        response_bodies_of_every_size [],
        chunks_of_one_byte [],
        bodies_that_end_with_the_connection [],
        response_headers_keep_their_bytes [],
        as_many_as_250_response_headers [] LONG_HEAD,
        interim_responses_are_passed_over [],
        responses_without_a_body [],
        every_status_is_an_answer [],
        redirects_are_not_followed [],
        no_cookie_is_kept [],
        gzip_is_decoded_if_it_was_asked_for [],
        an_encoding_asked_for_by_name_is_asked_for_as_given [],
        the_names_of_gzip [Gzip],
        gzip_of_several_members [Gzip],
        gzip_arrives_as_it_is_flushed [Gzip],
        an_unknown_encoding_is_left [],
    }
    flow [] {
        the_head_does_not_wait_for_the_body [],
        a_connection_is_used_again [Pool],
        a_connection_that_the_server_closed_sends_nothing_twice [] LOST_AT_ONCE,
        a_request_on_a_connection_that_has_just_ended [Pool] NOT_WRITTEN,
        requests_run_side_by_side [],
        dropping_the_request_closes_its_connection [],
        dropping_the_body_closes_its_connection [],
        a_complete_body_keeps_its_connection [Pool Drain],
        a_complete_body_without_an_end_is_closed [Drain],
        a_complete_body_that_goes_on_is_closed [Drain],
        an_unread_body_stops_the_server [],
        sending_is_tracked [Tls Progress],
        the_timer_is_the_runtimes [Timer],
    }
    secrets [] {
        the_transport_shows_no_key [],
        the_response_shows_no_key [],
    }
    faults [] {
        refused [] NO_CONNECTION,
        unknown_host [] NO_CONNECTION,
        not_an_exchange [] NOT_FOR_US,
        accept_and_close [] LOST_AT_ONCE,
        reset_at_once [] LOST_AT_ONCE,
        closed_after_the_request [] NO_ANSWER,
        reset_after_the_request [] NO_ANSWER,
        closed_after_the_request_on_a_used_connection [Pool] NO_ANSWER,
        closed_while_sending [] LOST_WHILE_SENDING,
        half_a_head [] HALF_A_HEAD,
        garbage [] BROKEN_HEAD,
        too_many_headers [] LARGE_HEAD,
        head_too_large [] LARGE_HEAD,
        body_shorter_than_announced [] CUT_BODY,
        chunks_without_an_end [] CUT_BODY,
        broken_chunk [] BROKEN_BODY,
        reset_in_the_body [] RESET_BODY,
        broken_gzip [Gzip] BROKEN_BODY,
        cut_gzip [Gzip] BROKEN_BODY,
        gzip_cut_between_members [Gzip] CUT_BODY,
    }
    tls [Tls] {
        https_with_an_added_authority [],
        unknown_authority [] NO_TRUST,
        wrong_host [] NO_TRUST,
        expired [] NO_TRUST,
        a_server_without_tls [] NO_TRUST,
        closed_in_the_handshake [] HANDSHAKE_CUT,
        a_handshake_that_stalls [ConnectTimeout] NO_TIME_TO_CONNECT,
        cut_without_a_goodbye [] CUT_BODY,
    }
    proxy [Tls Proxy] {
        a_request_through_a_tunnel [],
        a_refused_tunnel [] TUNNEL_REFUSED,
        a_tunnel_that_wants_credentials [] TUNNEL_REFUSED,
        a_tunnel_that_breaks_off [] TUNNEL_CUT,
        a_tunnel_that_stalls [ConnectTimeout] NO_TIME_TO_CONNECT,
        plain_http_needs_no_proxy [],
    }
    http2 [Tls Http2] {
        it_is_offered_in_the_handshake [],
        exchanges_share_a_connection [Pool],
        more_streams_than_one_connection_carries [ManyStreams],
        a_request_dropped_while_it_waits_is_not_sent [],
        responses_without_a_body [],
        as_many_as_250_response_headers [] LONG_HEAD,
        head_too_large [] LARGE_HEAD,
        sending_is_tracked [Progress],
        dropping_the_request_resets_its_stream [],
        dropping_the_body_resets_its_stream [],
        a_complete_body_keeps_its_stream [Drain],
        an_unread_body_stops_the_server [],
        stalled_readers_stop_no_other [],
        a_silent_peer_before_the_head [KeepAlive] NO_ANSWER,
        a_silent_peer_in_the_body [KeepAlive] RESET_BODY,
        refused_stream [] NOT_BEGUN,
        reset_after_the_request [] NO_ANSWER,
        going_away_before_the_request [] NOT_BEGUN,
        going_away_and_closing_after_the_request [] NO_ANSWER,
        reset_in_the_body [] RESET_BODY,
        reset_without_an_error_in_the_body [] CUT_BODY,
        reset_without_an_error_or_a_length [] CUT_BODY,
    }
    layer [] {
        the_timer_is_passed_on [],
        the_call_context_is_passed_on [],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of the table in the module's docs.
    fn row(check: &Check) -> String {
        let needs: Vec<_> = check
            .needs()
            .map(|ability| format!("`{ability}`"))
            .collect();
        let quoted = |outcomes: &[&str]| {
            let outcomes: Vec<_> = outcomes.iter().map(|each| format!("`{each}`")).collect();
            outcomes.join(", ")
        };
        let (exact, also) = check.allowed.map_or_else(Default::default, |allowed| {
            (quoted(allowed.exact), quoted(allowed.also))
        });
        let (name, needs) = (check.name, needs.join(", "));
        format!("| `{name}` | {needs} | {exact} | {also} |\n")
    }

    #[test]
    fn the_docs_list_them_all_as_they_are() {
        let head = "| check | needs | exactly | also |\n|---|---|---|---|\n";
        let rows: String = TABLE.iter().map(row).collect();
        let docs = include_str!("../checks.md");
        assert!(
            docs == format!("{head}{rows}"),
            "checks.md should be:\n{head}{rows}"
        );
    }
}
