using System.Globalization;
using HybridAD.Errors;
using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Cli.Input;

/// <summary>A box as it is written on the command line, <c>x=[1,2],y=[0,3]</c>.</summary>
internal static class BoxText
{
    /// <summary>The domain of a function with the sides that are given put in the place of its own.</summary>
    /// <param name="text">The sides; empty for the domain as it is.</param>
    /// <param name="domain">What the file says of the inputs.</param>
    /// <param name="inputs">Names of the inputs.</param>
    /// <exception cref="HybridAdException">The text is malformed, names no input, or a side is missing (HAD6008).</exception>
    public static InputDomain Read(string text, InputDomain domain, IReadOnlyList<string> inputs)
    {
        var sides = domain.Bounds.ToArray();
        var given = new HashSet<int>();
        foreach (var (name, side) in Sides(text))
        {
            var input = inputs.ToList().IndexOf(name);
            if (input < 0)
                throw Error($"'--box': there is no input '{name}'; there are {string.Join(", ", inputs.Take(20))}{(inputs.Count > 20 ? ", …" : "")}");
            if (!given.Add(input))
                throw Error($"'--box': the input '{name}' is given twice");
            sides[input] = side;
        }
        for (var j = 0; j < sides.Length; j++)
            if (!sides[j].IsFinite)
                throw Error(string.Create(CultureInfo.InvariantCulture,
                    $"'--box': the input '{inputs[j]}' has the bounds [{sides[j].Lower:R}, {sides[j].Upper:R}], which are not finite; give them, as in --box \"{inputs[j]}=[1,2]\""));
        return domain with { Bounds = sides, Numbers = domain.Numbers is { } numbers ? [.. numbers.Select((own, j) => given.Contains(j) ? sides[j] : own)] : null };
    }

    private static IEnumerable<(string Name, Interval Side)> Sides(string text)
    {
        var rest = text.Trim();
        while (rest.Length > 0)
        {
            var (open, close) = (rest.IndexOf("=[", StringComparison.Ordinal), rest.IndexOf(']', StringComparison.Ordinal));
            // The name may hold brackets itself, as x[1] does.
            for (; close >= 0 && close < open; close = rest.IndexOf(']', close + 1)) ;
            if (open <= 0 || close < 0)
                throw Error($"'--box': '{rest}' is not NAME=[LOW,HIGH]");
            var ends = rest[(open + 2)..close].Split(',');
            if (ends.Length != 2 || !TryRead(ends[0], out var low) || !TryRead(ends[1], out var high) || !(low <= high))
                throw Error($"'--box': '{rest[open..(close + 1)][1..]}' is not [LOW,HIGH] with two numbers, the lower one first");
            yield return (rest[..open].Trim(), new Interval(low, high));
            rest = rest[(close + 1)..].TrimStart();
            if (rest.Length > 0 && rest[0] != ',')
                throw Error($"'--box': expected ',' before '{rest}'");
            rest = rest.TrimStart(',').TrimStart();
        }
    }

    private static bool TryRead(string text, out double value) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    private static HybridAdException Error(string what) => new(ErrorCodes.Box, what);
}
