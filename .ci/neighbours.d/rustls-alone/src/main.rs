//! A program whose own rustls has its defaults, beside both transports with theirs.
#![forbid(unsafe_code)]

fn main() {
    its_own_configuration();
}

/// Panics if rustls has more than one provider.
fn its_own_configuration() {
    let _ = rustls::ClientConfig::builder();
}

#[cfg(test)]
mod tests {
    #[test]
    fn its_own_configuration_is_created_beside_the_testkit() {
        super::its_own_configuration();
    }
}
