using System.Globalization;
using HybridAD.Diagnostics;
using HybridAD.Graph;

namespace HybridAD.Cli.Output;

/// <summary>What is not finite, and why, in words.</summary>
internal static class NonFiniteText
{
    private const string Overflow = "a product of finite derivatives overflows";

    /// <summary>An output that is not finite.</summary>
    public static string Of(NonFiniteValue found, TraceNames names) => $"{names.Output(found.Row)} is {Text(found.Value)}: {Is(found.Origin)}";

    /// <summary>A row of the Jacobian that is not finite, with its first cause.</summary>
    public static string Of(NonFiniteDerivative found, TraceNames names) =>
        $"{names.Output(found.Row)}: the derivative by {names.Input(found.Columns[0])}{(found.Count > 1 ? $" and {found.Count - 1} more" : "")} is {Text(found.Value)}: "
        + (found.Origins is not [var origin, ..] ? Overflow : IsGiven(origin) ? Is(origin) : $"{origin} has no finite derivative");

    /// <summary>All causes of a row of the Jacobian that is not finite.</summary>
    public static string Causes(NonFiniteDerivative found)
    {
        if (found.Origins.IsEmpty)
            return $"{Text(found.Value)}, {Overflow}";
        var causes = found.Origins.ToLookup(IsGiven);
        var parts = causes[true].Select(Is);
        return string.Join("; ", causes[false].Any() ? parts.Prepend($"{string.Join("; ", causes[false])} without finite derivative") : parts);
    }

    private static string Is(OperationAt origin) => origin.Operation == "const" ? $"it comes from {origin}" : $"{origin} is {Text(origin.Value)}";

    /// <summary>Inputs and literals have no derivative to blame: their value is what is not finite.</summary>
    private static bool IsGiven(OperationAt origin) => origin.Operation is "input" or "const";

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
