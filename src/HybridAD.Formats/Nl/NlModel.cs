using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Formats.Nl;

/// <summary>A row whose value cannot be computed, because the file refers to something that is not in it.</summary>
/// <param name="Row">Index among the outputs: constraints first, then objectives.</param>
/// <param name="Name">The row's name.</param>
/// <param name="Reason">What is missing.</param>
public sealed record NlUnavailableRow(int Row, string Name, string Reason);

/// <summary>A constraint that complements a variable: one of the two is at a bound.</summary>
/// <param name="Row">The constraint.</param>
/// <param name="Variable">The variable.</param>
/// <param name="FiniteLower">Whether the variable has a finite lower bound.</param>
/// <param name="FiniteUpper">Whether the variable has a finite upper bound.</param>
public readonly record struct NlComplementarity(int Row, int Variable, bool FiniteLower, bool FiniteUpper);

/// <summary>
/// An optimisation problem from an .nl file: its constraints, then its objectives, as the outputs of one trace in the order of the file.
/// Objectives that are to be maximised are not negated.
/// </summary>
public sealed class NlModel
{
    internal NlModel(NlHeader header, Trace trace, NlBounds variableBounds, NlBounds constraintBounds, SparsityPattern declaredPattern)
    {
        Header = header;
        Trace = trace;
        VariableBounds = variableBounds;
        ConstraintBounds = constraintBounds;
        DeclaredPattern = declaredPattern;
    }

    /// <summary>The counts of the header.</summary>
    public NlHeader Header { get; }

    /// <summary>The functions: outputs are the constraints c₀ …, then the objectives f₀ …; the point is the start of the file.</summary>
    public Trace Trace { get; }

    /// <summary>The start value of every variable, 0 where the file gives none.</summary>
    public IReadOnlyList<double> Start => Trace.Point!;

    /// <summary>Bounds of the variables.</summary>
    public NlBounds VariableBounds { get; }

    /// <summary>Bounds of the constraints.</summary>
    public NlBounds ConstraintBounds { get; }

    /// <summary>
    /// The Jacobian's pattern as the file lists it. Some files list too little: the derivative of the trace decides, see
    /// <see cref="FindUndeclared"/>.
    /// The rows in <see cref="UnavailableRows"/> are empty.
    /// </summary>
    public SparsityPattern DeclaredPattern { get; }

    /// <summary>Whether each objective is to be maximised.</summary>
    public required IReadOnlyList<bool> Maximize { get; init; }

    /// <summary>Constraints that complement a variable.</summary>
    public required IReadOnlyList<NlComplementarity> Complementarities { get; init; }

    /// <summary>Rows that need what is not in the file, such as imported functions; their outputs are the literal NaN.</summary>
    public required IReadOnlyList<NlUnavailableRow> UnavailableRows { get; init; }

    /// <summary>Oddities that do not prevent the file from being used, one line each.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// A point in general position that depends only on the bounds and the start: inside the bounds, at an irrational fraction of their width.
    /// Bounds beyond ±1e20 count as infinite.
    /// </summary>
    public double[] GenericPoint()
    {
        var x = new double[Start.Count];
        for (var j = 0; j < x.Length; j++)
        {
            var f = 0.6180339887498949 * (j + 1);
            f -= Math.Floor(f);
            double lo = VariableBounds.Lower[j], hi = VariableBounds.Upper[j], start = Start[j];
            bool below = lo > -1e20, above = hi < 1e20;
            x[j] = below && above ? lo + (hi - lo) * (0.25 + 0.5 * f)
                : below ? Math.Max(start, lo) + 0.25 + 0.5 * f
                : above ? Math.Min(start, hi) - 0.25 - 0.5 * f
                : start + 0.25 + 0.5 * f;
        }
        return x;
    }

    /// <summary>
    /// A point one hundredth of the way from the start to <see cref="GenericPoint"/>, for functions that are singular at their start.
    /// </summary>
    public double[] NearPoint()
    {
        var x = GenericPoint();
        for (var j = 0; j < x.Length; j++)
            x[j] = Start[j] + 0.01 * (x[j] - Start[j]);
        return x;
    }

    /// <summary>
    /// The positions that the expressions depend on although the file does not list them, as rows and columns in increasing order. Takes time: every
    /// row is walked.
    /// </summary>
    public IReadOnlyList<(int Row, int Column)> FindUndeclared()
    {
        var missing = new List<(int, int)>();
        var lastRow = new int[Trace.NodeCount];
        var pending = new Stack<int>();
        for (var row = 0; row < Trace.OutputCount; row++)
        {
            var firstMissing = missing.Count;
            foreach (var column in DeclaredPattern.Row(row))
                lastRow[column] = row + 1;
            pending.Push(Trace.Outputs[row]);
            while (pending.TryPop(out var node))
            {
                if (lastRow[node] == row + 1)
                    continue;
                lastRow[node] = row + 1;
                if (node < Trace.InputCount)
                    missing.Add((row, node));
                var operands = Trace.OperandsOf(node);
                for (var k = 0; k < operands.Length; k++)
                    if (lastRow[operands[k]] != row + 1 && Primitive.Of(Trace.Operations[node]).FormOf(k) != PartialForm.Zero)
                        pending.Push(operands[k]);
            }
            missing.Sort(firstMissing, missing.Count - firstMissing, null);
        }
        return missing;
    }
}
