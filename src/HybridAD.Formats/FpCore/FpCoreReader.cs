using System.Text;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>
/// Reads FPCore 2.0 (fpbench.org/spec), UTF-8. Errors of syntax end the file; anything else that is wrong with a core is its <see cref="FpCore.Status"/>, and the other
/// cores can be used.
/// </summary>
public static class FpCoreReader
{
    /// <summary>Reads a file from disk.</summary>
    /// <exception cref="FpCoreException">Brackets, strings or numbers are malformed, or something else than cores stands in the file; HAD7001 with line and column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static FpCoreFile Load(string path) => Read(File.ReadAllBytes(path), Path.GetFileName(path));

    /// <summary>Reads a file that is in memory.</summary>
    /// <exception cref="FpCoreException">Brackets, strings or numbers are malformed, or something else than cores stands in the file; HAD7001 with line and column.</exception>
    public static FpCoreFile Read(ReadOnlySpan<byte> data, string fileName) => Parse(Encoding.UTF8.GetString(data), fileName);

    /// <summary>Reads text.</summary>
    /// <exception cref="FpCoreException">Brackets, strings or numbers are malformed, or something else than cores stands in the text; HAD7001 with line and column.</exception>
    public static FpCoreFile Parse(string text, string fileName)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cores = new List<FpCore>();
        foreach (var item in new SExpressionReader(text, fileName).ReadAll())
            cores.Add(item.IsCall("FPCore") ? Core(item, cores.Count + 1)
                : throw FpCoreException.Syntax(fileName, item.Position, $"expected (FPCore …), found '{item.Shown}'"));
        return cores.Count > 0 ? new FpCoreFile(fileName, cores) : throw FpCoreException.Syntax(fileName, new Position(1, 1), "expected (FPCore …), found the end of the file");
    }

    private static FpCore Core(SExpression source, int number)
    {
        var parts = new Queue<SExpression>(source.Items.Skip(1));
        var identifier = parts.TryPeek(out var first) && first is { Kind: SExpressionKind.Symbol, IsKeyword: false } ? parts.Dequeue().Text : null;
        var arguments = parts.TryPeek(out var list) && list.IsList ? parts.Dequeue() : null;
        var properties = new Dictionary<string, SExpression>();
        var order = new List<SExpression>();
        while (parts.Count >= 2 && parts.Peek().IsKeyword)
        {
            order.Add(parts.Dequeue());
            order.Add(parts.Dequeue());
            properties[order[^2].Text] = order[^1];
        }
        var name = properties.TryGetValue(":name", out var given) && given.Kind == SExpressionKind.String ? given.Text.ReplaceLineEndings(" ") : identifier ?? $"core {number}";
        var core = new FpCoreSource(name, source.Position, [], NumberFormat.Binary64, properties, null);
        try
        {
            core = core with { Precision = FpContext.Apply(NumberFormat.Binary64, [.. order]) };
            if (arguments is null)
                throw new UnsupportedCoreException(source.Position, "a core needs a list of arguments");
            core = core with { Arguments = [.. arguments.Items.Select(argument => Argument(argument, core.Precision))] };
            if (parts.Count != 1 || parts.Peek().IsKeyword)
                throw new UnsupportedCoreException(parts.Count > 1 ? parts.ElementAt(1).Position : source.Position, parts.Count > 1 ? "a core has one expression, found another" : "a core needs an expression");
            core = core with { Body = parts.Peek() };
            var program = FpCompiler.Compile(name, core.Arguments, core.Body, core.Precision);
            if (program.Body.IsTruth)
                throw new UnsupportedCoreException(core.Body.Position, "the result is a truth value, which has no rounding error");
            return new FpCore(core, program, FpDomain.Of(core), null);
        }
        catch (UnsupportedCoreException error)
        {
            return new FpCore(core, null, null, error.Message);
        }
    }

    private static FpArgument Argument(SExpression source, NumberFormat format)
    {
        if (source is { Kind: SExpressionKind.Symbol, IsKeyword: false })
            return new FpArgument(source.Text, format) { Position = source.Position };
        if (source.IsCall("!") && source.Items.Count > 1 && source.Items[^1] is { Kind: SExpressionKind.Symbol, IsKeyword: false })
            return new FpArgument(source.Items[^1].Text, FpContext.Apply(format, [.. source.Items.Skip(1).SkipLast(1)])) { Position = source.Position };
        throw new UnsupportedCoreException(source.Position, source.IsList && !source.IsCall("!") ? $"argument '{source.Shown}' is an array" : $"expected an argument, found '{source.Shown}'");
    }
}
