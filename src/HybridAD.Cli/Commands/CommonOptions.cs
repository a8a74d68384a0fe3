using System.CommandLine;
using System.Globalization;
using HybridAD.Errors;

namespace HybridAD.Cli.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class CommonOptions
{
    public static Argument<string> File() => new("FILE") { Description = "A model: .nl (text or binary), .fpcore or a trace in JSON; '-' is standard input" };

    public static Option<string?> Core() => new("--core") { Description = "The benchmark of an FPCore file, by name or number; needed where it holds several", HelpName = "NAME" };

    public static Option<string> At(string description = "x0 (start), generic, near, or a CSV file with a point per line ('-' is standard input)") => new("--at")
    {
        Description = description, HelpName = "POINT", DefaultValueFactory = static _ => "x0",
    };

    public static Option<string> Format(params string[] formats) => Choice("--format", "How the result is written", formats);

    public static Option<string?> Profile() => new("--profile")
    {
        Description = "The cost profile to plan with, written by 'hybridad calibrate'", HelpName = "PROFILE",
    };

    public static Option<string?> Output() => new("-o", "--output") { Description = "Write to a file instead of standard output", HelpName = "OUT" };

    public static Option<int> Seed(string description)
    {
        var option = new Option<int>("--seed") { Description = description, HelpName = "SEED", DefaultValueFactory = static _ => 1 };
        option.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
                result.AddError($"'--seed {token.Value}' is not a whole number from {int.MinValue} to {int.MaxValue}");
        });
        return option;
    }

    /// <summary>An option with a fixed set of values, the first of which is the default.</summary>
    public static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = $"{description}: {string.Join(", ", values)}", HelpName = name[2..].ToUpperInvariant(), DefaultValueFactory = _ => values[0] };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !values.Contains(token.Value))
                result.AddError($"'{name} {token.Value}' is not possible; there are {string.Join(", ", values)}");
        });
        return option;
    }

    public static void Refuse(string what) => throw new HybridAdException(ErrorCodes.BadCall, what);
}
