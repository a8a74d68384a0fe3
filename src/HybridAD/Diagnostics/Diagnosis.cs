using System.Collections.Immutable;
using HybridAD.Graph;

namespace HybridAD.Diagnostics;

/// <summary>What to look for.</summary>
public sealed record DiagnosisOptions
{
    /// <summary>Everything at its default.</summary>
    public static DiagnosisOptions Default { get; } = new();

    /// <summary>The relative condition number from which an output counts as ill-conditioned.</summary>
    /// <exception cref="HybridAdArgumentException">HAD1004: negative or NaN.</exception>
    public double ConditionLimit { get; init => field = Errors.Throw.IfNegativeOrNaN(value, nameof(ConditionLimit)); } = 1e6;

    /// <summary>Outputs that are known to have no value and are not worth a finding.</summary>
    public IReadOnlySet<int> IgnoredRows { get; init; } = ImmutableHashSet<int>.Empty;
}

/// <summary>
/// Why a function is hard to trust or to differentiate at a point: values and derivatives that are not finite with the operation that made them so,
/// branches and kinks, ill-conditioned outputs. Nodes are those of the trace as recorded.
/// </summary>
public sealed record Diagnosis
{
    private const int MostColumns = 10;

    /// <summary>Outputs that are not finite, by row.</summary>
    public required ImmutableArray<NonFiniteValue> NonFiniteValues { get; init; }

    /// <summary>Rows of the Jacobian that are not finite.</summary>
    public required ImmutableArray<NonFiniteDerivative> NonFiniteDerivatives { get; init; }

    /// <summary>The decisions of the traced code.</summary>
    public required ImmutableArray<GuardFinding> Guards { get; init; }

    /// <summary>Kinks, jumps and branches that matter at the point, by node.</summary>
    public required ImmutableArray<BranchFinding> Branches { get; init; }

    /// <summary>Outputs with a large relative condition number, the worst first.</summary>
    public required ImmutableArray<IllConditionedOutput> IllConditioned { get; init; }

    /// <summary>Whether nothing was found: an equality that does not hold and a guard that does are no findings.</summary>
    public bool IsClean => NonFiniteValues.IsEmpty && NonFiniteDerivatives.IsEmpty && IllConditioned.IsEmpty
        && Guards.All(guard => guard.Holds && !guard.OnEquality) && Branches.All(branch => branch.Kind == BranchKind.Equality);

    /// <summary>Examines a function at a point.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="x">The point, one number per input.</param>
    /// <param name="options">What to look for; null for the defaults.</param>
    public static Diagnosis Of(Trace trace, ReadOnlySpan<double> x, DiagnosisOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        // The derivative of the recorded branches is wanted even where a guard does not hold; that is reported by itself.
        var function = new TracedFunction(trace, new TracingOptions { OnGuardFlip = GuardPolicy.Ignore });
        return Of(trace, x, function.Value(x), function.SparseJacobian(x), options);
    }

    /// <summary>Examines a function at a point where its Jacobian is known already.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="x">The point, one number per input.</param>
    /// <param name="values">Its values there, one per output.</param>
    /// <param name="jacobian">Its Jacobian there.</param>
    /// <param name="options">What to look for; null for the defaults.</param>
    public static Diagnosis Of(Trace trace, ReadOnlySpan<double> x, ReadOnlySpan<double> values, CsrMatrix jacobian, DiagnosisOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(jacobian);
        Check(trace, x, values, jacobian);
        options ??= DiagnosisOptions.Default;
        var at = new TraceAtPoint(trace, x);
        var (nonFinite, derivatives) = NonFinite(at, values, jacobian, options);
        return new Diagnosis
        {
            NonFiniteValues = nonFinite,
            NonFiniteDerivatives = derivatives,
            Guards = Decisions(at),
            Branches = [.. new BranchSearch(at).Find()],
            IllConditioned = Conditions(x, values, jacobian, options),
        };
    }

    /// <summary>Only the first part of a diagnosis: what is not finite, and why.</summary>
    public static (ImmutableArray<NonFiniteValue> Values, ImmutableArray<NonFiniteDerivative> Derivatives) NonFinite(
        Trace trace, ReadOnlySpan<double> x, ReadOnlySpan<double> values, CsrMatrix jacobian, DiagnosisOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(trace);
        ArgumentNullException.ThrowIfNull(jacobian);
        Check(trace, x, values, jacobian);
        return NonFinite(new TraceAtPoint(trace, x), values, jacobian, options ?? DiagnosisOptions.Default);
    }

    private static void Check(Trace trace, ReadOnlySpan<double> x, ReadOnlySpan<double> values, CsrMatrix jacobian)
    {
        Errors.Throw.IfLengthDiffers(x.Length, trace.InputCount, nameof(x), "one number per input");
        Errors.Throw.IfLengthDiffers(values.Length, trace.OutputCount, nameof(values), "one number per output");
        Errors.Throw.IfLengthDiffers(jacobian.Pattern.RowCount, trace.OutputCount, nameof(jacobian), "one row per output");
        Errors.Throw.IfLengthDiffers(jacobian.Pattern.ColumnCount, trace.InputCount, nameof(jacobian), "one column per input");
    }

    private static (ImmutableArray<NonFiniteValue> Values, ImmutableArray<NonFiniteDerivative> Derivatives) NonFinite(
        TraceAtPoint at, ReadOnlySpan<double> values, CsrMatrix jacobian, DiagnosisOptions options)
    {
        var search = new NonFiniteSearch(at);
        var nonFinite = ImmutableArray.CreateBuilder<NonFiniteValue>();
        var derivatives = ImmutableArray.CreateBuilder<NonFiniteDerivative>();
        for (var row = 0; row < values.Length; row++)
        {
            if (options.IgnoredRows.Contains(row))
                continue;
            var output = at.Trace.Outputs[row];
            if (!double.IsFinite(values[row]))
                nonFinite.Add(new NonFiniteValue { Row = row, Value = values[row], Origin = OperationAt.Of(at, search.OriginOfValue(output)) });
            if (Derivative(at, search, row, jacobian) is { } derivative)
                derivatives.Add(derivative);
        }
        return (nonFinite.ToImmutable(), derivatives.ToImmutable());
    }

    private static NonFiniteDerivative? Derivative(TraceAtPoint at, NonFiniteSearch search, int row, CsrMatrix jacobian)
    {
        var columns = jacobian.Pattern.Row(row);
        var entries = jacobian.Values.AsSpan(jacobian.Pattern.RowStarts[row], columns.Length);
        var listed = ImmutableArray.CreateBuilder<int>();
        var count = 0;
        var value = 0.0;
        for (var k = 0; k < entries.Length; k++)
        {
            if (double.IsFinite(entries[k]))
                continue;
            if (count++ == 0)
                value = entries[k];
            if (listed.Count < MostColumns)
                listed.Add(columns[k]);
        }
        return count == 0 ? null : new NonFiniteDerivative
        {
            Row = row, Columns = listed.ToImmutable(), Count = count, Value = value,
            Origins = [.. search.OriginsOfDerivative(at.Trace.Outputs[row]).Select(node => OperationAt.Of(at, node))],
        };
    }

    private static ImmutableArray<GuardFinding> Decisions(TraceAtPoint at)
    {
        var findings = ImmutableArray.CreateBuilder<GuardFinding>(at.Trace.Guards.Length);
        for (var k = 0; k < at.Trace.Guards.Length; k++)
        {
            var guard = at.Trace.Guards[k];
            var operation = at.Trace.Operations[guard.Node];
            var operands = at.OperandValues(guard.Node, at.Values);
            findings.Add(new GuardFinding
            {
                Guard = k, At = OperationAt.Of(at, guard.Node), Expected = guard.Expected, Holds = guard.Holds(at.Values[guard.Node]),
                OnEquality = operands.Length == 2 && operands[0] == operands[1]
                    && operation is Op.Equal or Op.NotEqual or Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual,
            });
        }
        return findings.ToImmutable();
    }

    private static ImmutableArray<IllConditionedOutput> Conditions(
        ReadOnlySpan<double> x, ReadOnlySpan<double> values, CsrMatrix jacobian, DiagnosisOptions options)
    {
        var found = new List<IllConditionedOutput>();
        for (var row = 0; row < values.Length; row++)
        {
            var sum = 0.0;
            for (var k = jacobian.Pattern.RowStarts[row]; k < jacobian.Pattern.RowStarts[row + 1]; k++)
                sum += Math.Abs(x[jacobian.Pattern.Columns[k]] * jacobian.Values[k]);
            var condition = sum / Math.Abs(values[row]);
            // A value of exactly 0 has no relative error to speak of: residuals are often that.
            if (values[row] != 0 && double.IsFinite(condition) && condition >= options.ConditionLimit)
                found.Add(new IllConditionedOutput { Row = row, Value = values[row], Condition = condition });
        }
        return [.. found.OrderByDescending(f => f.Condition)];
    }
}
