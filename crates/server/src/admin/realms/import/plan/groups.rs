//! Groups, those above before those below.

use keyward_domain::group::{DEEPEST, Group};
use keyward_domain::id::GroupId;

use super::{Draft, Parts};
use crate::admin::keycloak::group::GroupRepresentation;
use crate::admin::names;

/// Reads them with their roles.
pub(super) fn read(parts: &mut Parts<'_>, draft: &mut Draft<'_>) {
    let raw = parts.take("groups");
    for (path, group) in draft.reader().list::<GroupRepresentation>(raw, "groups") {
        top(draft, (path, group));
    }
}

/// Reads one of the top with all below it.
pub(super) fn top(draft: &mut Draft<'_>, group: (String, GroupRepresentation)) {
    add(draft, None, group);
}

/// A group that is part of another.
struct Above {
    id: GroupId,
    /// Its path, without the first slash.
    path: String,
    depth: usize,
}

fn add(draft: &mut Draft<'_>, above: Option<&Above>, (path, group): (String, GroupRepresentation)) {
    let name = group.name.unwrap_or_default();
    if name.is_empty() {
        return draft.problem(format!("{path}.name"), "a group must have a name");
    }
    if !names::fits(&name) {
        return draft.problem(format!("{path}.name"), names::too_long("Group name"));
    }
    let depth = above.map_or(1, |above| above.depth + 1);
    if depth > DEEPEST {
        return draft.problem(path, format!("groups are at most {DEEPEST} deep"));
    }
    let its_path = match above {
        None => name.replace('/', "~/"),
        Some(above) => format!("{}/{}", above.path, name.replace('/', "~/")),
    };
    let id = GroupId(draft.id(("group", &path), group.id.as_deref()));
    if draft.groups.insert(its_path.clone(), id).is_some() {
        return draft.problem(format!("{path}.name"), format!("there are two groups \"/{its_path}\""));
    }
    draft.rows.groups.push(Group {
        id,
        realm: draft.rows.realm.id,
        parent: above.map(|above| above.id),
        name,
        description: group.description.unwrap_or_default(),
        attributes: group.attributes.unwrap_or_default(),
    });
    let (realm, clients) = (
        group.realm_roles.unwrap_or_default(),
        group.client_roles.unwrap_or_default(),
    );
    let roles = draft.named_roles(&realm, &clients, (&path, "realmRoles", "clientRoles"));
    draft.rows.group_roles.extend(roles.into_iter().map(|role| (id, role)));
    let this = Above {
        id,
        path: its_path,
        depth,
    };
    for (place, below) in group.sub_groups.into_iter().flatten().enumerate() {
        let path = format!("{path}.subGroups[{place}]");
        draft.reader().known(&below, &path);
        add(draft, Some(&this), (path, below));
    }
}
