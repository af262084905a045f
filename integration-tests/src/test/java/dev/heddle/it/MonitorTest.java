package dev.heddle.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Looks for monitors in the bytecode of everything that Heddle is: a virtual thread that blocks while it holds one keeps its
 * carrier (before JDK 24), and with few carriers nobody else goes on.
 */
final class MonitorTest {

    private static final List<Path> MODULES = Stream.of(
                    "stack-core",
                    "stack-tun",
                    "stack-api",
                    "stack-api/junit",
                    "stack-api/launcher",
                    "stack-api/commands",
                    "demo-httpd")
            .map(module -> Path.of("..", module.split("/", -1)).resolve(Path.of("target", "classes")))
            .toList();

    /** Monitors that a contract of the JDK forces, by class and method, and why. */
    private static final Map<String, String> FORCED = Map.of();

    @Test
    void nothing_of_heddle_enters_a_monitor() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path classes : MODULES) {
            List<Path> files = classFiles(classes);
            assertThat(files).as("classes in " + classes).isNotEmpty();
            for (Path file : files) {
                found.addAll(monitors(Files.readAllBytes(file)));
            }
        }
        assertThat(found).containsExactlyInAnyOrderElementsOf(FORCED.keySet());
    }

    @Test
    void a_monitor_is_found_whether_it_is_of_a_block_or_of_a_method() throws IOException {
        String own = "/" + Monitors.class.getName().replace('.', '/') + ".class";
        try (var bytecode = Monitors.class.getResourceAsStream(own)) {
            assertThat(monitors(bytecode.readAllBytes()))
                    .containsExactlyInAnyOrder(
                            "dev.heddle.it.MonitorTest$Monitors.block", "dev.heddle.it.MonitorTest$Monitors.method");
        }
    }

    private static List<Path> classFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }

    private static List<String> monitors(byte[] bytecode) {
        List<String> found = new ArrayList<>();
        ClassReader reader = new ClassReader(bytecode);
        String type = reader.getClassName().replace('/', '.');
        ClassVisitor methods = new ClassVisitor(Opcodes.ASM9) {
            @Override
            public MethodVisitor visitMethod(
                    int access, String name, String descriptor, String signature, String[] exceptions) {
                String method = type + "." + name;
                if ((access & Opcodes.ACC_SYNCHRONIZED) != 0) {
                    found.add(method);
                }
                return new MethodVisitor(Opcodes.ASM9) {
                    @Override
                    public void visitInsn(int opcode) {
                        if (opcode == Opcodes.MONITORENTER) {
                            found.add(method);
                        }
                    }
                };
            }
        };
        reader.accept(methods, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
        return found;
    }

    /** What must be found. */
    static final class Monitors {

        private int count;

        int block() {
            synchronized (this) {
                return ++count;
            }
        }

        synchronized int method() {
            return ++count;
        }

        int none() {
            return count;
        }
    }
}
