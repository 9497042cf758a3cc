//! Programs that show the orq.ai client at work: see `src/bin`.
//!
//! The library holds nothing; it makes the code in the workspace's READMEs run as tests.

#[cfg(doctest)]
macro_rules! readmes {
    ($($name:ident = $path:literal;)*) => {$(
        #[doc = include_str!($path)]
        struct $name;
    )*};
}

#[cfg(doctest)]
readmes! {
    Workspace = "../../README.md";
    Core = "../../orq-core/README.md";
    Reqwest = "../../orq-transport-reqwest/README.md";
    Hyper = "../../orq-transport-hyper/README.md";
    Testkit = "../../orq-testkit/README.md";
}
