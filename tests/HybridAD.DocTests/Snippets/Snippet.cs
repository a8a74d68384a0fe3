using System.Reflection;
using HybridAD.DocTests.Markdown;
using HybridAD.DocTests.Repository;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;

namespace HybridAD.DocTests.Snippets;

/// <summary>
/// A complete program from a page. A comment behind a statement is its result: the value of the variable declared or assigned, the value of the
/// expression, or what was printed; <c>// name = …</c> is the value of that variable after the statement.
/// </summary>
public sealed class Snippet
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Language = new(LanguageVersion.Latest, DocumentationMode.None);

    // A result that is only shown: its variable is never read.
    private static readonly string[] Tolerated = ["CS0219", "CS1701", "CS1702"];

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(File.Exists).Select(p => MetadataReference.CreateFromFile(p))];

    private static readonly SyntaxTree UsingsTree = CSharpSyntaxTree.ParseText(Usings, Language, "Usings.cs", System.Text.Encoding.UTF8);

    private readonly CodeBlock _block;
    private readonly List<(int Line, string Expected)> _expected = [];

    public Snippet(CodeBlock block) => _block = block;

    /// <summary>Compiles and runs the program; returns what it printed.</summary>
    /// <exception cref="Exception">Whatever the program throws.</exception>
    public string Run()
    {
        var (image, symbols) = Compile();
        var assembly = Assembly.Load(image, symbols);
        Observed.Clear();
        var (console, folder) = (Console.Out, Environment.CurrentDirectory);
        Console.SetOut(Observed.Output);
        Environment.CurrentDirectory = Checkout.Root;
        try
        {
            var entry = assembly.EntryPoint!;
            entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, entry.GetParameters().Length == 0 ? [] : [Array.Empty<string>()], null);
        }
        finally
        {
            Console.SetOut(console);
            Environment.CurrentDirectory = folder;
        }
        return Observed.Output.ToString();
    }

    /// <summary>Says for which lines the comment does not tell what happened.</summary>
    public IEnumerable<string> Differences()
    {
        foreach (var (line, expected) in _expected)
        {
            var values = Observed.Values.Where(v => v.Line == line).Select(v => v.Value).ToArray();
            if (values.Length == 0)
                yield return $"{_block.Page}:{_block.Line + line}: the line was not reached";
            foreach (var value in values)
                if (!Expectation.Matches(expected, value))
                    yield return $"{_block.Page}:{_block.Line + line}: the page says {expected}, the program says {value}";
        }
    }

    private (byte[] Image, byte[] Symbols) Compile()
    {
        var plain = Compilation(_block.Text, out var tree);
        Require(plain.GetDiagnostics());
        // With debug symbols, so that pages can show lines of their programs; what is inserted stays on its line.
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        Require(Compilation(Instrumented(tree, plain.GetSemanticModel(tree)), out _)
            .Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb)).Diagnostics);
        return (image.ToArray(), symbols.ToArray());
    }

    private static CSharpCompilation Compilation(string text, out SyntaxTree tree)
    {
        tree = CSharpSyntaxTree.ParseText(text, Language, "Program.cs", System.Text.Encoding.UTF8);
        return CSharpCompilation.Create($"Snippet{Guid.NewGuid():N}", [tree, UsingsTree], References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: false));
    }

    private void Require(IEnumerable<Diagnostic> diagnostics)
    {
        var wrong = diagnostics.Where(d => d.Severity >= DiagnosticSeverity.Warning && !Tolerated.Contains(d.Id))
            .Select(d => $"{_block.Page}:{_block.Line + d.Location.GetLineSpan().StartLinePosition.Line}: {d.Id} {d.GetMessage(System.Globalization.CultureInfo.InvariantCulture)}").ToArray();
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    /// <summary>The program with a report behind every statement that has a result comment.</summary>
    private string Instrumented(SyntaxTree tree, SemanticModel model)
    {
        var insertions = new List<(int Position, string Text)>();
        foreach (var statement in tree.GetRoot().DescendantNodes().OfType<StatementSyntax>())
        {
            var comment = statement.GetTrailingTrivia().FirstOrDefault(t => t.IsKind(SyntaxKind.SingleLineCommentTrivia)).ToString();
            if (comment.Length == 0 || statement is BlockSyntax or LocalFunctionStatementSyntax)
                continue;
            var line = tree.GetLineSpan(statement.Span).EndLinePosition.Line;
            var text = comment[2..].Trim();
            var variable = text.Split(" = ")[0];
            if (variable.Length < text.Length && SyntaxFacts.IsValidIdentifier(variable))
            {
                _expected.Add((line, text[(variable.Length + 3)..]));
                insertions.Add((statement.Span.End, Report(line, variable, model.LookupSymbols(statement.Span.End, name: variable).OfType<ILocalSymbol>().Select(l => l.Type).FirstOrDefault())));
                continue;
            }
            _expected.Add((line, text));
            switch (statement)
            {
                case LocalDeclarationStatementSyntax { Declaration.Variables: [var declared] }:
                    insertions.Add((statement.Span.End, Report(line, declared.Identifier.Text, ((ILocalSymbol)model.GetDeclaredSymbol(declared)!).Type)));
                    break;
                case ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment }:
                    insertions.Add((statement.Span.End, Report(line, assignment.Left.ToString(), model.GetTypeInfo(assignment.Left).Type)));
                    break;
                case ExpressionStatementSyntax { Expression: var expression } when model.GetTypeInfo(expression).Type is { SpecialType: not SpecialType.System_Void } type:
                    insertions.Add((expression.SpanStart, $"{typeof(Observed).FullName}.Value({line}, "));
                    insertions.Add((expression.Span.End, type.IsRefLikeType ? ".ToArray())" : ")"));
                    break;
                default:
                    insertions.Add((statement.SpanStart, $"{typeof(Observed).FullName}.BeforeOutput(); "));
                    insertions.Add((statement.Span.End, $" {typeof(Observed).FullName}.Printed({line});"));
                    break;
            }
        }
        var rewritten = _block.Text;
        foreach (var (position, text) in insertions.OrderByDescending(i => i.Position))
            rewritten = rewritten.Insert(position, text);
        return rewritten;
    }

    private static string Report(int line, string expression, ITypeSymbol? type) =>
        $" {typeof(Observed).FullName}.Value({line}, {expression}{(type is { IsRefLikeType: true } ? ".ToArray()" : "")});";
}
