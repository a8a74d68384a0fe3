using System.Collections.Immutable;

namespace HybridAD.Diagnostics;

/// <summary>How thoroughly a Jacobian is checked.</summary>
public sealed record JacobianCheckOptions
{
    /// <summary>Everything at its default.</summary>
    public static JacobianCheckOptions Default { get; } = new();

    /// <summary>Allowed difference between two ways of differentiating, relative to the largest entry of the row.</summary>
    public double Tolerance { get; init; } = 1e-12;

    /// <summary>Columns compared with finite differences: a number, or null for as many as <see cref="Work"/> allows.</summary>
    public int? Columns { get; init; }

    /// <summary>Operands that finite differences may read before the rest of the columns is left out.</summary>
    public long Work { get; init; } = 50_000_000;

    /// <summary>Seconds that a mode may be predicted to take; beyond that only some of its directions are run.</summary>
    public double SecondsPerMode { get; init; } = 1;

    /// <summary>Decides which columns and rows are checked where not all are.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>One way of computing values or derivatives, compared with the chosen plan.</summary>
public sealed record CheckedMethod
{
    /// <summary>values, forward, reverse, hybrid or finite differences.</summary>
    public required string Name { get; init; }

    /// <summary>Numbers compared.</summary>
    public required long Compared { get; init; }

    /// <summary>Numbers that could not be compared, by reason.</summary>
    public required ImmutableSortedDictionary<string, long> NotChecked { get; init; }

    /// <summary>The largest difference found, relative to the largest entry of its row.</summary>
    public required double LargestDifference { get; init; }

    /// <summary>Differences found, listed or not.</summary>
    public required long DifferenceCount { get; init; }

    /// <summary>What was left out, in words, or null where everything was compared.</summary>
    public string? Sample { get; init; }
}

/// <summary>A number on which two ways of computing it disagree.</summary>
public sealed record CheckDifference
{
    /// <summary>The method that disagrees with the chosen plan.</summary>
    public required string Method { get; init; }

    /// <summary>The output.</summary>
    public required int Row { get; init; }

    /// <summary>The input, or −1 for a value.</summary>
    public required int Column { get; init; }

    /// <summary>The number by the chosen plan.</summary>
    public required double Planned { get; init; }

    /// <summary>The number by the method.</summary>
    public required double Other { get; init; }

    /// <summary>The difference that would have been allowed.</summary>
    public required double Allowed { get; init; }
}

/// <summary>What a check of a Jacobian at a point found.</summary>
public sealed record CheckReport
{
    /// <summary>The mode of the chosen plan, with which everything is compared.</summary>
    public required string Plan { get; init; }

    /// <summary>The methods that were compared.</summary>
    public required ImmutableArray<CheckedMethod> Methods { get; init; }

    /// <summary>The first differences.</summary>
    public required ImmutableArray<CheckDifference> Differences { get; init; }

    /// <summary>Whether no method disagrees.</summary>
    public bool Agrees => Methods.All(method => method.DifferenceCount == 0);

    /// <summary>Whether there were derivatives to compare and none could be: that nothing disagrees says nothing then.</summary>
    public bool ComparedNoDerivative => Methods.Where(method => method.Name != ValuesName) is var derivatives
        && derivatives.All(method => method.Compared == 0) && derivatives.Any(method => !method.NotChecked.IsEmpty);

    internal const string ValuesName = "values";
}

/// <summary>Collects the comparisons of one method.</summary>
internal sealed class MethodTally(string name, List<CheckDifference> differences)
{
    private const int MostListed = 1000;

    private readonly SortedDictionary<string, long> _notChecked = new(StringComparer.Ordinal);
    private long _compared;
    private long _differenceCount;
    private double _largest;

    public string? Sample { get; set; }

    public void Skip(string why) => _notChecked[why] = _notChecked.GetValueOrDefault(why) + 1;

    public void Compare(int row, int column, double planned, double other, double allowed, double scale)
    {
        _compared++;
        // A number and none are as far apart as can be.
        var difference = double.IsFinite(planned) && double.IsFinite(other) ? Math.Abs(planned - other) : double.PositiveInfinity;
        if (scale > 0)
            _largest = Math.Max(_largest, difference / scale);
        if (difference <= allowed)
            return;
        _differenceCount++;
        if (differences.Count < MostListed)
            differences.Add(new CheckDifference { Method = name, Row = row, Column = column, Planned = planned, Other = other, Allowed = allowed });
    }

    public CheckedMethod Result() => new()
    {
        Name = name, Compared = _compared, NotChecked = _notChecked.ToImmutableSortedDictionary(StringComparer.Ordinal), LargestDifference = _largest,
        DifferenceCount = _differenceCount, Sample = Sample,
    };
}
