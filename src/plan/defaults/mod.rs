//! What goes with every action of a sort: what must hold before it, what people notice, what is
//! waited for, and the way back.

mod effect;
mod guard;
mod undo;
mod wait;

pub(super) use effect::effect;
pub(super) use guard::guard;
pub(super) use undo::undo;
pub(super) use wait::wait;
