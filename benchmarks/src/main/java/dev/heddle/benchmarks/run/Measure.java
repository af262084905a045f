package dev.heddle.benchmarks.run;

/** One measurement, and how the generator is told to take it. */
enum Measure {
    UP_1("up 1", false),
    UP_8("up 8", false),
    DOWN_1("down 1", false),
    DOWN_8("down 8", false),
    PING_FREE("pingpong", false),
    CONNECTS_32("connects 32", false),
    PING_ONE_CORE("pingpong", true),
    CONNECTS_1("connects 1", true);

    final String command;

    /** Whether server and generator have one core between them. */
    final boolean oneCore;

    Measure(String command, boolean oneCore) {
        this.command = command;
        this.oneCore = oneCore;
    }
}
