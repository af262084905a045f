package dev.heddle.net;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs each {@link SocketContract} on every network and on every kind of thread. */
final class SocketContractCases implements TestTemplateInvocationContextProvider {

    private static final long PATIENCE_SECONDS = 60;

    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return true;
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        SocketContract contract = AnnotationSupport.findAnnotation(
                        context.getRequiredTestMethod(), SocketContract.class)
                .orElseThrow();
        return ContractNetwork.ofThisJvm().stream()
                .flatMap(network -> Arrays.stream(contract.threads()).map(threads -> new Case(network, threads)));
    }

    /** One run: its body is inside a thread of its kind, so that whatever it calls itself blocks such a thread. */
    private static final class Case implements TestTemplateInvocationContext, ParameterResolver, InvocationInterceptor {

        private final ContractNetwork kind;
        private final BlockedCall.Threads threads;

        /** Made for a body that asks for it. */
        private @Nullable Network network;

        Case(ContractNetwork kind, BlockedCall.Threads threads) {
            this.kind = kind;
            this.threads = threads;
        }

        @Override
        public String getDisplayName(int index) {
            return kind + ", " + threads;
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(this);
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Network.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            Network opened = kind.open();
            network = opened;
            return opened;
        }

        @Override
        public void interceptTestTemplateMethod(
                Invocation<Void> body, ReflectiveInvocationContext<Method> invocation, ExtensionContext context)
                throws Throwable {
            CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
            Thread thread = threads.builder().start(() -> {
                try {
                    end.complete(body.proceed());
                } catch (Throwable e) {
                    end.completeExceptionally(e);
                }
            });
            try {
                end.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw e.getCause();
            } catch (TimeoutException e) {
                throw new AssertionError("still runs: " + Arrays.toString(thread.getStackTrace()), e);
            } finally {
                if (network != null) {
                    network.close();
                }
            }
        }
    }
}
