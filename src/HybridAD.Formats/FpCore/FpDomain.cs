using HybridAD.Numerics;
using HybridAD.Rounding;

namespace HybridAD.Formats.FpCore;

/// <summary>The inputs that a precondition admits.</summary>
internal sealed class FpDomain
{
    private readonly FpProgram? _precondition;
    private readonly string _name;

    private FpDomain(string name, InputDomain domain, FpProgram? precondition, double?[] examples) =>
        (_name, Domain, _precondition, Examples) = (name, domain, precondition, examples);

    public InputDomain Domain { get; }

    /// <summary>Values of <c>:example</c>, one per argument.</summary>
    public IReadOnlyList<double?> Examples { get; }

    /// <summary>Whether a point meets the precondition.</summary>
    public bool Contains(ReadOnlySpan<double> x)
    {
        if (_precondition is null)
            return true;
        var run = new FpRun(_precondition, FpTraceOptions.Default, _name, x, isStraight: true);
        return _precondition.Body.Decide(run);
    }

    /// <exception cref="UnsupportedCoreException">The precondition is wrong, or admits nothing.</exception>
    public static FpDomain Of(FpCoreSource core)
    {
        var examples = Example(core);
        var bounds = Enumerable.Repeat(Interval.Entire, core.Arguments.Count).ToArray();
        var numbers = bounds.ToArray();
        FpProgram? precondition = null;
        var conditions = new FpPrecondition(core, bounds, numbers);
        if (core.Properties.TryGetValue(":pre", out var source))
        {
            precondition = FpCompiler.Compile(core.Name, core.Arguments, source, NumberFormat.Binary64);
            if (!precondition.Body.IsTruth)
                throw new UnsupportedCoreException(source.Position, "the precondition is a number, not a condition");
            conditions.Read(source);
        }
        for (var j = 0; j < bounds.Length; j++)
            if (bounds[j] == Interval.Entire && examples[j] is { } value)
                bounds[j] = numbers[j] = value;
            else if (bounds[j].Lower > bounds[j].Upper)
                throw new UnsupportedCoreException(source!.Position,
                    $"the precondition admits no {core.Arguments[j].Name}: at least {bounds[j].Lower:R} and at most {bounds[j].Upper:R}");
            else if (!(numbers[j].Lower <= numbers[j].Upper) || (double.IsFinite(bounds[j].Lower) && double.IsPositiveInfinity(numbers[j].Lower)) || (double.IsFinite(bounds[j].Upper) && double.IsNegativeInfinity(numbers[j].Upper)))
                throw new UnsupportedCoreException(source!.Position,
                    $"the precondition admits no {core.Arguments[j].Name}: there is no number of {core.Arguments[j].Format} between {bounds[j].Lower:R} and {bounds[j].Upper:R}");
        return new FpDomain(core.Name,
            new InputDomain(bounds) { Numbers = numbers, Constraints = conditions.Constraints(), IgnoredConstraints = conditions.Ignored }, precondition, examples);
    }

    private static double?[] Example(FpCoreSource core)
    {
        var values = new double?[core.Arguments.Count];
        if (!core.Properties.TryGetValue(":example", out var source))
            return values;
        foreach (var item in source.Items)
            for (var j = 0; j < values.Length; j++)
                if (item is { IsList: true, Items: [var name, var value] } && name.IsSymbol(core.Arguments[j].Name))
                    values[j] = FpConstant.Evaluate(value, FpConstant.None) is { } constant ? core.Arguments[j].Format.Round(constant.Nearest)
                        : throw new UnsupportedCoreException(value.Position, $"the example of '{name.Text}' is not a number: '{value.Shown}'");
        return values;
    }
}
