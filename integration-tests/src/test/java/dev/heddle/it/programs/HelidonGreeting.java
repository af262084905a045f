package dev.heddle.it.programs;

import io.helidon.webserver.WebServer;

/** A Helidon web server on port 80. */
public final class HelidonGreeting {

    private HelidonGreeting() {}

    /** Serves until the process is ended. */
    public static void main(String[] arguments) {
        WebServer.builder()
                .port(80)
                .routing(routing -> routing.get(
                                "/greet/{name}",
                                (request, response) -> response.send("Hello "
                                        + request.path().pathParameters().get("name") + "!"))
                        .post(
                                "/length",
                                (request, response) -> response.send(
                                        String.valueOf(request.content().as(byte[].class).length))))
                .build()
                .start();
        System.out.println("serving");
    }
}
