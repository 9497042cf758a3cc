//! Enums with a list of their variants.

/// Adds to an enum the list of its variants, `ALL`, and `as_str` if the variants have names.
macro_rules! listed {
    (
        $vis:vis ALL,
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$doc:meta])* $variant:ident $(= $text:literal)?, )* }
    ) => {
        $(#[$meta])*
        pub enum $name {
            $( $(#[$doc])* $variant, )*
        }

        impl $name {
            /// All variants, in the order of their declaration.
            $vis const ALL: [Self; [$(stringify!($variant)),*].len()] = [$(Self::$variant),*];
        }

        $crate::listed::named!($name { $($variant $(= $text)?,)* });
    };
}

/// The names of an enum's variants, if they have names.
macro_rules! named {
    ($name:ident { $($variant:ident,)* }) => {};
    ($name:ident { $($variant:ident = $text:literal,)* }) => {
        impl $name {
            #[doc = concat!("Returns the name: one of", $(" `", $text, "`",)* ".")]
            pub fn as_str(self) -> &'static str {
                match self {
                    $( Self::$variant => $text, )*
                }
            }
        }
    };
}

pub(crate) use {listed, named};
