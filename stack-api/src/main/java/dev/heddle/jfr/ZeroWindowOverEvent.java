package dev.heddle.jfr;

import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

@Name("dev.heddle.ZeroWindowOver")
@Label("Zero Window Over")
@Description("A receive window that was zero has opened")
final class ZeroWindowOverEvent extends ConnectionEvent {

    @Label("Side")
    String side = "";

    @Label("Window")
    @DataAmount
    long window;
}
