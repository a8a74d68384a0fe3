using System.CommandLine;
using System.Globalization;

namespace HybridAD.Cli.Commands;

/// <summary>The option that limits the working memory of an evaluation.</summary>
internal static class MemoryOption
{
    private static readonly (string Unit, double Bytes)[] Units = [("kB", 1e3), ("MB", 1e6), ("GB", 1e9), ("B", 1)];

    public static Option<string?> Create()
    {
        var option = new Option<string?>("--memory") { Description = "Working memory an evaluation may take, such as 64MB; plans that need more lose", HelpName = "SIZE" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && Bytes(token.Value) is null)
                result.AddError($"'--memory {token.Value}' is not a size such as 500kB, 64MB or 2GB");
        });
        return option;
    }

    /// <summary>The limit a call asks for, or the one that holds without.</summary>
    public static long Of(ParseResult parsed, Option<string?> option) => Bytes(parsed.GetValue(option) ?? "") ?? JacobianPlannerOptions.Default.MemoryLimit;

    private static long? Bytes(string text)
    {
        foreach (var (unit, bytes) in Units)
            if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                return double.TryParse(text.AsSpan(0, text.Length - unit.Length), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var count) && count * bytes < long.MaxValue
                    ? (long)(count * bytes)
                    : null;
        return null;
    }
}
