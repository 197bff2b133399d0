package admin;

import jakarta.ws.rs.ClientErrorException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.keycloak.admin.client.CreatedResponseUtil;

/** What the checks ask. */
final class Ask {
    interface Step {
        void run() throws Exception;
    }

    static String created(Response answer) {
        try (answer) {
            return CreatedResponseUtil.getCreatedId(answer);
        }
    }

    static void equal(Object expected, Object found) {
        if (expected == null ? found != null : !expected.equals(found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }

    static <T> Set<String> each(Collection<T> items, Function<T, String> name) {
        return items.stream().map(name).collect(Collectors.toSet());
    }

    static <T> boolean has(Collection<T> items, Function<T, String> name, String wanted) {
        return each(items, name).contains(wanted);
    }

    static void refused(int status, Step step) {
        ClientErrorException refused = refused(ClientErrorException.class, step);
        equal(status, refused.getResponse().getStatus());
    }

    static <E extends Exception> E refused(Class<E> kind, Step step) {
        try {
            step.run();
        } catch (Exception error) {
            if (kind.isInstance(error)) {
                return kind.cast(error);
            }
            throw new AssertionError("expected " + kind.getSimpleName() + ", found " + said(error));
        }
        throw new AssertionError("expected " + kind.getSimpleName() + ", but it went through");
    }

    /** A login that is refused, and what the token endpoint says. */
    static Map<?, ?> refused(Step login) {
        ClientErrorException refused = refused(ClientErrorException.class, login);
        Map<?, ?> said = refused.getResponse().readEntity(Map.class);
        equal("invalid_grant", said.get("error"));
        return said;
    }

    static <T> List<T> eventually(int count, Callable<List<T>> look) throws Exception {
        return eventually(look, found -> found.size() >= count);
    }

    /** What is told after the answer went out comes within five seconds. */
    static <T> T eventually(Callable<T> look, Function<T, Boolean> enough) throws Exception {
        long until = System.nanoTime() + 5_000_000_000L;
        T found = look.call();
        while (!enough.apply(found)) {
            if (System.nanoTime() > until) {
                throw new AssertionError("within five seconds only " + found);
            }
            Thread.sleep(50);
            found = look.call();
        }
        return found;
    }

    static String said(Throwable error) {
        if (error instanceof WebApplicationException refused && refused.getResponse().hasEntity()) {
            return error.getMessage() + " " + refused.getResponse().readEntity(String.class);
        }
        return String.valueOf(error);
    }
}
