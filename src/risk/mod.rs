//! Risk, model br-1: small, explainable, additive; every term has its file. `docs/risk.md` tells what each term means,
//! where it comes from, and computes one by hand.
//!
//! ```text
//! points(c) = P(c) · Σ_r X(c, r) · V(r) · A(c, r)
//! ```
//!
//! P is the chance that credential c is stolen and used ([`Chances`], from the [`Race`] of two clocks), X counts borders
//! between its home and resource r ([`Borders`]), V is what r is worth and A the strongest access gained on it
//! ([`weight`]). Nothing is divided by the worst of a run: the same estate has the same points beside any other.
//!
//! All is computed in integers: P in ten-thousandths, X in quarters, V · A in hundredths; so points are whole numbers of
//! 1/4,000,000.

mod band;
mod borders;
mod chance;
mod clock;
#[cfg(test)]
mod documented;
mod ladder;
mod life;
mod lowering;
mod model;
mod organisation;
mod places;
mod points;
mod settings;
#[cfg(test)]
mod trial;
mod vector;

pub use band::{Band, Signs};
pub use borders::{Borders, Home, HomeNumber, MOST, NO_BORDER, PlaceNumber};
pub use chance::{Chance, Chances, Mode};
pub use clock::{Life, Race, WHOLE, ten_thousandths};
pub use ladder::{access_tenths, rung_tenths, sensitivity_tenths, weight};
pub use life::{Lives, lives};
pub use lowering::{FEDERATED, MOVED, SHORTENED};
pub use model::Model;
pub use organisation::{concentration, log_rungs, lost, value};
pub use points::{Points, thousands, two_decimals};
pub use settings::{
    BANDS, COPIES, DELAYS, ENVIRONMENTS, LIVES, OLDEST_YEARS, REVOCATION, Settings, THEFTS,
};
pub use vector::{MODEL, NoVector, Term, Terms, Vector};
