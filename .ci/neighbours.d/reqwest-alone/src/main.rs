//! A program whose own reqwest has no feature, beside the transport over reqwest with its defaults.
#![forbid(unsafe_code)]

fn main() {
    its_own_client();
}

/// Panics if reqwest has TLS by rustls and no provider.
fn its_own_client() {
    reqwest::Client::new();
}

#[cfg(test)]
mod tests {
    #[test]
    fn its_own_client_is_created_beside_the_testkit() {
        super::its_own_client();
    }
}
