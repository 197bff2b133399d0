//! Protocol mappers: one rule that puts one claim into a token, as Keycloak has them.
//!
//! An operator writes a [`ProtocolMapper`]: a kind and texts. It is read once, when its realm is loaded, into a
//! [`Mapper`]: where its claim goes, and what it says.

use std::collections::BTreeMap;

mod attribute;
mod audience;
mod fixed;
mod group;
mod note;
mod pairwise;
mod path;
mod person;
mod property;
mod requested;
mod role;
mod row;
mod target;
mod value;

pub(crate) use attribute::UserAttribute;
pub(crate) use audience::Audience;
pub(crate) use fixed::HardcodedClaim;
pub(crate) use group::GroupMembership;
pub(crate) use note::{Note, SessionNote};
pub(crate) use pairwise::PairwiseSub;
pub(crate) use path::ClaimPath;
pub(crate) use person::{Address, full_name};
pub(crate) use property::UserProperty;
pub(crate) use requested::ValueOfRequest;
pub(crate) use role::{ClientRoles, HardcodedRole, RealmRoles, RoleName};
pub use row::ProtocolMapper;
pub use target::Target;
pub(crate) use target::Targets;
pub(crate) use value::Form;

use super::OPENID_CONNECT;

/// A protocol mapper that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapper {
    targets: Targets,
    action: Action,
}

/// What a mapper does.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    /// `acr`: how the subject authenticated.
    Acr,
    /// `address` (OIDC Core §5.1.1).
    Address(Address),
    /// `allowed-origins`: the client's web origins.
    AllowedOrigins,
    /// `amr` (RFC 8176 §1).
    Amr,
    /// One more `aud`.
    Audience(Audience),
    /// Each client in `aud` whose roles the subject holds.
    AudienceResolve,
    /// Names and mail address when the client asks for them as essential (OIDC Core §5.5).
    ClaimsOfRequest,
    /// Roles of clients.
    ClientRoles(ClientRoles),
    /// `name`, from first and last name.
    FullName,
    /// The groups that the subject is in.
    GroupMembership(GroupMembership),
    /// The same in every token.
    HardcodedClaim(HardcodedClaim),
    /// A role that every subject gets in its token.
    HardcodedRole(HardcodedRole),
    /// `nonce` in the access token too.
    Nonce,
    /// A `sub` that is another for each sector (OIDC Core §8.1).
    PairwiseSub(PairwiseSub),
    /// Roles of the realm.
    RealmRoles(RealmRoles),
    /// A role that goes by another name.
    RoleName(RoleName),
    /// Something of the moment at which the token is made.
    SessionNote(SessionNote),
    /// `session_state`: the login.
    SessionState,
    /// An attribute of the user or of their groups.
    UserAttribute(UserAttribute),
    /// A field of the user.
    UserProperty(UserProperty),
    /// A claim whose value the client names itself.
    ValueOfRequest(ValueOfRequest),
}

impl Mapper {
    /// Reads a mapper. `None` for one that does nothing here: its kind or protocol is another, or it names no claim.
    pub fn parse(row: &ProtocolMapper) -> Option<Self> {
        if row.protocol != OPENID_CONNECT {
            return None;
        }
        let (action, targets) = read(&row.protocol_mapper, Config(&row.config))?;
        Some(Self { targets, action })
    }

    /// Reads mappers, those left out that do nothing here.
    pub fn parse_all(rows: &[ProtocolMapper]) -> Vec<Self> {
        rows.iter().filter_map(Self::parse).collect()
    }

    /// Whether its claim goes there.
    pub fn is_for(&self, target: Target) -> bool {
        self.targets.contains(target)
    }

    /// The name of the claim about a person that it gives, for discovery.
    pub fn claim(&self) -> Option<&str> {
        match &self.action {
            Action::UserProperty(UserProperty { path, .. }) | Action::UserAttribute(UserAttribute { path, .. }) => {
                path.first()
            }
            Action::FullName => Some("name"),
            Action::Address(_) => Some("address"),
            _ => None,
        }
    }

    /// Whether it makes a `sub` that is another for each sector (OIDC Core §8.1).
    pub fn is_pairwise(&self) -> bool {
        matches!(self.action, Action::PairwiseSub(_))
    }

    pub(crate) fn action(&self) -> &Action {
        &self.action
    }
}

/// What a mapper of this kind does, and where. The names are Keycloak's.
fn read(kind: &str, config: Config<'_>) -> Option<(Action, Targets)> {
    use Target::{AccessToken, IdToken, Introspection, LightweightAccessToken, Response, UserInfo};
    let said = Targets::parse(config);
    let everywhere = || said.without(&[Response]);
    Some(match kind {
        "oidc-acr-mapper" => (Action::Acr, said.without(&[Response, UserInfo])),
        "oidc-address-mapper" => (Action::Address(Address::parse(config)), everywhere()),
        "oidc-allowed-origins-mapper" => (Action::AllowedOrigins, Targets::of_access_token(config)),
        "oidc-amr-mapper" => (Action::Amr, said.without(&[Response, UserInfo, Introspection])),
        "oidc-audience-mapper" => (
            Action::Audience(Audience::parse(config)?),
            said.without(&[Response, UserInfo]),
        ),
        "oidc-audience-resolve-mapper" => (Action::AudienceResolve, Targets::of_access_token(config)),
        "oidc-claims-param-token-mapper" => (
            Action::ClaimsOfRequest,
            said.without(&[Response, AccessToken, LightweightAccessToken, Introspection]),
        ),
        "oidc-claims-param-value-idtoken-mapper" => (
            Action::ValueOfRequest(ValueOfRequest::parse(config)?),
            said.only(&[IdToken]),
        ),
        "oidc-full-name-mapper" => (Action::FullName, everywhere()),
        "oidc-group-membership-mapper" => (Action::GroupMembership(GroupMembership::parse(config)?), everywhere()),
        "oidc-hardcoded-claim-mapper" => (Action::HardcodedClaim(HardcodedClaim::parse(config)?), said),
        "oidc-hardcoded-role-mapper" => (Action::HardcodedRole(HardcodedRole::parse(config)?), Targets::ALL),
        "oidc-nonce-backwards-compatible-mapper" => {
            (Action::Nonce, Targets::ALL.only(&[AccessToken, LightweightAccessToken]))
        }
        "oidc-role-name-mapper" => (Action::RoleName(RoleName::parse(config)?), Targets::ALL),
        "oidc-session-state-mapper" => (Action::SessionState, everywhere()),
        "oidc-sha256-pairwise-sub-mapper" => (
            Action::PairwiseSub(PairwiseSub::parse(config)?),
            Targets::ALL.without(&[Response]),
        ),
        "oidc-usermodel-attribute-mapper" => (Action::UserAttribute(UserAttribute::parse(config)?), everywhere()),
        "oidc-usermodel-client-role-mapper" => (Action::ClientRoles(ClientRoles::parse(config)?), everywhere()),
        "oidc-usermodel-property-mapper" => (Action::UserProperty(UserProperty::parse(config)?), everywhere()),
        "oidc-usermodel-realm-role-mapper" => (Action::RealmRoles(RealmRoles::parse(config)?), everywhere()),
        "oidc-usersessionmodel-note-mapper" => (Action::SessionNote(SessionNote::parse(config)?), said),
        // `oidc-sub-mapper`: every token has a `sub` (RFC 9068 §2.2). Organizations are kept as data only.
        _ => return None,
    })
}

/// The texts of a mapper.
#[derive(Clone, Copy)]
struct Config<'a>(&'a BTreeMap<String, String>);

impl<'a> Config<'a> {
    fn text(self, name: &str) -> Option<&'a str> {
        self.0.get(name).map(String::as_str)
    }

    /// A text that is not blank.
    fn said(self, name: &str) -> Option<&'a str> {
        self.text(name).filter(|text| !text.trim().is_empty())
    }

    fn is_true(self, name: &str) -> bool {
        self.text(name) == Some("true")
    }
}

#[cfg(test)]
mod tests;
