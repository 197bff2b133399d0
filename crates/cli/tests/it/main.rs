//! The binary as a user meets it: processes, ports, files and exit codes.

#[cfg(test)]
mod admin_api;
#[cfg(test)]
mod announce;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod completions;
#[cfg(test)]
mod config;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod demo_api;
#[cfg(test)]
mod dev;
#[cfg(test)]
mod disk_full;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod guard;
#[cfg(test)]
mod guard_tools;
#[cfg(test)]
mod login;
#[cfg(test)]
mod login_clients;
#[cfg(test)]
mod management;
#[cfg(test)]
mod outage;
#[cfg(test)]
mod proxy;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod realm_files;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod token;
#[cfg(test)]
mod two_nodes;
#[cfg(test)]
mod users;
