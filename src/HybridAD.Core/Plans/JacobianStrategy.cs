using System.Collections.Immutable;
using HybridAD.Collections;
using HybridAD.Elimination;

namespace HybridAD.Plans;

/// <summary>How a Jacobian is computed: plain data that the planner writes and an executor runs without it.</summary>
public abstract record JacobianStrategy
{
    /// <summary>Says that an executor has what it needs: what can be made again is let go.</summary>
    internal virtual void Rest()
    {
    }
}

/// <summary>Which way a sweep runs.</summary>
public enum SweepDirection
{
    /// <summary>Tangents from inputs to outputs: one direction per group of columns.</summary>
    Forward,

    /// <summary>Adjoints from outputs to inputs: one direction per group of rows.</summary>
    Reverse,
}

/// <summary>
/// Sweeps over the whole graph, one direction for every group of columns (forward) or rows (reverse) that share a colour.
/// </summary>
/// <param name="Direction">Which way.</param>
/// <param name="Colors">The colour of every column (forward) or row (reverse); −1 where it has no nonzeros and needs no direction.</param>
/// <param name="ColorCount">Number of colours, which is the number of directions.</param>
public sealed record SweepStrategy(SweepDirection Direction, ImmutableArray<int> Colors, int ColorCount) : JacobianStrategy
{
    /// <summary>How many directions one sweep carries at most: fewer than <see cref="SweepWidth"/> would choose need less memory.</summary>
    public int MostWidth { get; init; } = SweepWidth.Most;
}

/// <summary>
/// Forward sweeps for some columns and reverse sweeps for some rows: every entry is read directly off a column's direction or a row's, see
/// <see cref="DirectRecovery"/>. T. F. Coleman, A. Verma, "The efficient computation of sparse Jacobian matrices using automatic differentiation",
/// SIAM J. Sci. Comput. 19(4), 1998.
/// </summary>
/// <param name="ColumnColors">The colour of every column; −1 where it has no direction and its entries are left to the rows.</param>
/// <param name="ColumnColorCount">Number of forward directions.</param>
/// <param name="RowColors">The colour of every row; −1 where it has no direction and its entries are left to the columns.</param>
/// <param name="RowColorCount">Number of reverse directions.</param>
public sealed record BicoloredStrategy(
    ImmutableArray<int> ColumnColors, int ColumnColorCount, ImmutableArray<int> RowColors, int RowColorCount) : JacobianStrategy;

/// <summary>
/// Accumulation row by row: every output is differentiated in reverse down to the inputs and to the kept nodes, which keep the sparse gradient that was
/// computed for them once. No kept node: reverse mode, row by row. All kept: sparse forward mode.
/// </summary>
/// <param name="KeptNodes">The operations that keep their gradient, increasing.</param>
public sealed record AccumulationStrategy(ImmutableArray<int> KeptNodes) : JacobianStrategy
{
    private Resting<AccumulationProgram> _program;

    /// <summary>
    /// Whether rows are walked over in every evaluation instead of being written down as a program first, for a few evaluations only; no node is kept then.
    /// </summary>
    public bool IsWalked { get; init; }

    /// <summary>The program the planner wrote to count its instructions, so that the executor need not write it again; null where it is gone.</summary>
    internal AccumulationProgram? Program
    {
        get => _program.Value;
        init => _program = new(value);
    }

    /// <inheritdoc/>
    internal override void Rest() => _program.Rest();
}

/// <summary>
/// Elimination of the linearised graph: vertices and edges are removed one after the other, and their labels multiplied into what is left, until every edge
/// leads from an input to an output and carries a Jacobian entry.
/// </summary>
/// <param name="Steps">The steps in order, in the node ids of the planned trace; every operation that others use is named by a vertex step.</param>
public sealed record EliminationStrategy(ImmutableArray<EliminationStep> Steps) : JacobianStrategy
{
    private RestingSteps _steps = new(Steps);
    private Resting<AccumulationProgram> _program;

    /// <summary>The steps in order, in the node ids of the planned trace; every operation that others use is named by a vertex step.</summary>
    public ImmutableArray<EliminationStep> Steps
    {
        get => _steps.Steps;
        init => _steps = new(value);
    }

    /// <summary>The program the planner wrote to count its instructions, so that the executor need not write it again; null where it is gone.</summary>
    internal AccumulationProgram? Program
    {
        get => _program.Value;
        init => _program = new(value);
    }

    /// <inheritdoc/>
    internal override void Rest()
    {
        _steps.Rest();
        _program.Rest();
    }
}
