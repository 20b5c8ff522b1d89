//! Configurations of AI assistants: which MCP servers each drives, which secrets lie there, and what it may do unasked.
//!
//! ```text
//! person ─ drives ─▶ assistant ─ drives ─▶ server ─ starts as ─▶ package, image or address
//!    │                                        │
//!    └ holds ─▶ device ◀── lies ── file       └ holds ─▶ what its settings hold
//! ```
//!
//! A literal value that is secret-shaped is a credential lying in the file. A reference (`${env:X}`, `op://…`) is not: that
//! secret lies elsewhere, and where a read file of the same user sets the variable, the server holds it too (`variables`).
//! The folder layout `devices/HOST/USER/…` says whose file it is; without it there is no person and no device.

pub(super) mod claude_code;
pub(super) mod claude_settings;
pub(super) mod codex;
mod config;
pub(super) mod dotenv;
pub(super) mod gemini;
mod launch;
pub(super) mod mcp_servers;
mod node;
mod server;
pub(super) mod vscode;
