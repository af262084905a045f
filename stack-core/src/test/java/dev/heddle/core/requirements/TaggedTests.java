package dev.heddle.core.requirements;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewArrayTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.ToolProvider;

/**
 * The tests whose sources carry {@code @Requirement}. Sources, not classes, are read: so one module's build sees all modules.
 *
 * @param problems tags that no test that runs stands behind
 */
record TaggedTests(List<TaggedTest> tests, List<String> problems) {

    private static final Set<String> TEST_ANNOTATIONS = Set.of(
            "Test",
            "ParameterizedTest",
            "RepeatedTest",
            "TestFactory",
            "SocketContract",
            "TestTemplate",
            "Property",
            "Example");

    /**
     * @param source the file's address
     * @param type the class's name, behind those around it
     * @param method empty if the class is tagged
     * @param needs JUnit's tags, of the method and of the classes around it
     */
    record TaggedTest(URI source, String type, String method, List<String> requirements, Set<String> needs) {}

    static TaggedTests of(List<Path> files) {
        try (var manager = ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
            return ofSources(manager.getJavaFileObjectsFromPaths(files));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TaggedTests ofSources(Iterable<? extends JavaFileObject> sources) {
        JavacTask task = (JavacTask)
                ToolProvider.getSystemJavaCompiler().getTask(null, null, null, List.of("-proc:none"), null, sources);
        List<CompilationUnitTree> units = new ArrayList<>();
        try {
            task.parse().forEach(units::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ComposedTags composed = new ComposedTags();
        units.forEach(unit -> composed.scan(unit, null));
        Scanner scanner = new Scanner(composed.tags);
        units.forEach(unit -> scanner.scanUnit(unit));
        return new TaggedTests(scanner.tests, scanner.problems);
    }

    private static String simpleName(AnnotationTree annotation) {
        String name = annotation.getAnnotationType().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** The string literals that are an annotation's value. */
    private static List<String> values(AnnotationTree annotation) {
        return annotation.getArguments().stream()
                .map(argument -> argument instanceof AssignmentTree assignment ? assignment.getExpression() : argument)
                .flatMap(TaggedTests::literals)
                .toList();
    }

    private static Stream<String> literals(ExpressionTree expression) {
        return switch (expression) {
            case NewArrayTree array -> array.getInitializers().stream().flatMap(TaggedTests::literals);
            case LiteralTree literal -> Stream.of(String.valueOf(literal.getValue()));
            default -> throw new IllegalArgumentException("Not a literal: " + expression);
        };
    }

    /** Annotations of our own that stand for a tag, such as {@code @InNamespace}. */
    private static final class ComposedTags extends TreeScanner<Void, Void> {

        private final Map<String, List<String>> tags = new HashMap<>();

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            if (type.getKind() == Tree.Kind.ANNOTATION_TYPE) {
                tags.put(
                        type.getSimpleName().toString(),
                        type.getModifiers().getAnnotations().stream()
                                .filter(annotation -> simpleName(annotation).equals("Tag"))
                                .flatMap(annotation -> values(annotation).stream())
                                .toList());
            }
            return super.visitClass(type, null);
        }
    }

    private static final class Scanner extends TreeScanner<Void, Void> {

        private final Map<String, List<String>> composedTags;
        private final List<TaggedTest> tests = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private final Deque<ClassTree> types = new ArrayDeque<>();
        private URI source = URI.create("");

        Scanner(Map<String, List<String>> composedTags) {
            this.composedTags = composedTags;
        }

        void scanUnit(CompilationUnitTree unit) {
            source = unit.getSourceFile().toUri();
            scan(unit, null);
        }

        @Override
        public Void visitClass(ClassTree type, Void nothing) {
            types.addLast(type);
            take("", type.getModifiers().getAnnotations());
            super.visitClass(type, null);
            types.removeLast();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void nothing) {
            take(method.getName().toString(), method.getModifiers().getAnnotations());
            return super.visitMethod(method, null);
        }

        private void take(String method, List<? extends AnnotationTree> annotations) {
            List<String> requirements = annotations.stream()
                    .filter(annotation -> simpleName(annotation).equals("Requirement"))
                    .flatMap(annotation -> values(annotation).stream())
                    .toList();
            if (requirements.isEmpty()) {
                return;
            }
            String type =
                    types.stream().map(each -> each.getSimpleName().toString()).collect(Collectors.joining("."));
            Set<String> names =
                    annotations.stream().map(TaggedTests::simpleName).collect(Collectors.toSet());
            if (!method.isEmpty() && names.stream().noneMatch(TEST_ANNOTATIONS::contains)) {
                problems.add(type + "." + method + " carries @Requirement and is no test");
            } else if (around(annotations)
                    .anyMatch(annotation -> simpleName(annotation).startsWith("Disabled"))) {
                problems.add(type + "." + method + " carries @Requirement and is disabled");
            } else {
                tests.add(new TaggedTest(source, type, method, requirements, needs(annotations)));
            }
        }

        private Set<String> needs(List<? extends AnnotationTree> annotations) {
            Set<String> needs = new TreeSet<>();
            around(annotations).forEach(annotation -> {
                if (simpleName(annotation).equals("Tag")) {
                    needs.addAll(values(annotation));
                } else {
                    needs.addAll(composedTags.getOrDefault(simpleName(annotation), List.of()));
                }
            });
            return needs;
        }

        /** The annotations given and those of the classes around. */
        private Stream<AnnotationTree> around(List<? extends AnnotationTree> annotations) {
            return Stream.concat(
                    annotations.stream(),
                    types.stream().flatMap(type -> type.getModifiers().getAnnotations().stream()));
        }
    }
}
