//! Requests with the answer that they must get, in files that programs in any language can read.
//!
//! A chapter is a JSON file: an array of [`Vector`]s. Beside it stand the configurations that they name, and
//! `cast.json`, which says who the issuers are. A [`Stage`] is a way to run a guard: as a library ([`Library`]), as a
//! gateway, behind another proxy. A vector must end in the same way on each.
//!
//! In the texts of a vector `{{…}}` stands for what is known only at run time:
//!
//! | Text | Becomes |
//! |---|---|
//! | `now+300`, `now-31` as a whole string | the number, in seconds of Unix time |
//! | `text:now+300` as a whole string | the same number as a string |
//! | `{{now+300}}` within a text | its digits |
//! | `{{token}}`, or the name of another token of the vector | that token, signed |
//! | `{{iss}}`, `{{name}}` | the issuer of the token, the name of the vector |
//! | `{{a*4096}}` | the text before the last `*`, so many times |
//! | `{{members*257}}` | `"m0":0,"m1":0` and so on |
//! | anything else | what the [`World`] knows under that name |

mod cast;
mod chapter;
mod format;
mod judge;
mod library;
mod run;
mod stage;
mod template;

pub use cast::{Cast, Role};
pub use chapter::{Chapter, Error, directory};
pub use format::{Challenge, Expect, Kind, Reply, RequestTemplate, Step, Template, Upstream, Vector};
pub use library::Library;
pub use run::{Outcome, run};
pub use stage::{Answer, Request, Said, Seen, Shell, Stage, World};
