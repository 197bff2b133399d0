package admin;

import static admin.Ask.created;
import static admin.Ask.each;
import static admin.Ask.equal;
import static admin.Ask.has;
import static admin.Ask.refused;
import static admin.Made.provider;

import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.AuthenticationExecutionInfoRepresentation;
import org.keycloak.representations.idm.IdentityProviderMapperRepresentation;
import org.keycloak.representations.idm.IdentityProviderRepresentation;

/** Authentication flows and identity providers. */
final class DataChecks {
    static void flows(RealmResource realm) {
        try (Response answer = realm.flows().copy("browser", Map.of("newName", "my browser"))) {
            equal(201, answer.getStatus());
        }
        var copied = realm.flows().getFlows().stream().filter(flow -> flow.getAlias().equals("my browser")).findFirst().orElseThrow();
        equal(false, copied.isBuiltIn());
        List<AuthenticationExecutionInfoRepresentation> executions = realm.flows().getExecutions("my browser");
        var cookie = executions.stream().filter(one -> "auth-cookie".equals(one.getProviderId())).findFirst().orElseThrow();
        cookie.setRequirement("DISABLED");
        realm.flows().updateExecutions("my browser", cookie);
        equal("DISABLED", realm.flows().getExecutions("my browser").stream().filter(one -> "auth-cookie".equals(one.getProviderId())).findFirst().orElseThrow().getRequirement());
        realm.flows().deleteFlow(copied.getId());
        equal(false, has(realm.flows().getFlows(), flow -> flow.getAlias(), "my browser"));
        var action = realm.flows().getRequiredAction("VERIFY_EMAIL");
        action.setDefaultAction(true);
        realm.flows().updateRequiredAction("VERIFY_EMAIL", action);
        equal(true, realm.flows().getRequiredAction("VERIFY_EMAIL").isDefaultAction());
        equal(true, has(realm.flows().getRequiredActions(), one -> one.getAlias(), "UPDATE_PASSWORD"));
        refused(NotFoundException.class, () -> realm.flows().getRequiredAction("NO_SUCH_ACTION"));
    }

    static void identityProviders(RealmResource realm) {
        try (Response answer = realm.identityProviders().create(provider())) {
            equal(201, answer.getStatus());
        }
        try (Response answer = realm.identityProviders().create(provider())) {
            equal(409, answer.getStatus());
        }
        var corp = realm.identityProviders().get("corp");
        IdentityProviderRepresentation found = corp.toRepresentation();
        equal("**********", found.getConfig().get("clientSecret"));
        found.setDisplayName("Corp");
        corp.update(found);
        equal("Corp", corp.toRepresentation().getDisplayName());
        IdentityProviderMapperRepresentation mapper = new IdentityProviderMapperRepresentation();
        mapper.setName("mail");
        mapper.setIdentityProviderAlias("corp");
        mapper.setIdentityProviderMapper("oidc-user-attribute-idp-mapper");
        mapper.setConfig(Map.of("claim", "mail", "user.attribute", "email", "syncMode", "INHERIT"));
        created(corp.addMapper(mapper));
        equal(Set.of("mail"), each(corp.getMappers(), IdentityProviderMapperRepresentation::getName));
        corp.delete(corp.getMappers().get(0).getId());
        equal(List.of(), corp.getMappers());
        corp.remove();
        refused(NotFoundException.class, corp::toRepresentation);
        equal(List.of(), realm.identityProviders().findAll());
    }
}
