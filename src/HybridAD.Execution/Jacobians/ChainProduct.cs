using HybridAD.Execution.Sweeps;
using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>The Jacobian of some consecutive stages as a matrix in scratch memory, row by row, its rows padded to whole vectors. Immutable.</summary>
internal abstract class ChainProduct(int rows, int columns)
{
    /// <summary>Rows are padded to this many numbers: as many as a sweep carries directions, and whole vectors.</summary>
    private const int Padding = 16;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    /// <summary>From one row to the next.</summary>
    public int Stride { get; } = (columns + Padding - 1) / Padding * Padding;

    /// <summary>Where the matrix stands among the matrices.</summary>
    public int Offset { get; private set; }

    /// <summary>Numbers that matrices take, those of the parts included.</summary>
    public long MatrixCount { get; private set; }

    /// <summary>Numbers that sweeps carry at once.</summary>
    public abstract long DirectionCount { get; }

    /// <summary>Sweeps of this step and its parts.</summary>
    public abstract int SweepCount { get; }

    /// <summary>The steps whose matrices are needed, in the order in which they run.</summary>
    protected abstract ReadOnlySpan<ChainProduct> Parts { get; }

    /// <summary>Computes the matrix.</summary>
    public void Run(in ChainPoint at, Span<double> matrices)
    {
        RunParts(at, matrices);
        Compute(at, matrices);
    }

    /// <summary>Computes the matrices of the parts.</summary>
    public void RunParts(in ChainPoint at, Span<double> matrices)
    {
        foreach (var part in Parts)
            part.Run(at, matrices);
    }

    /// <summary>Computes the matrix from those of the parts.</summary>
    protected abstract void Compute(in ChainPoint at, Span<double> matrices);

    /// <summary>Makes the steps of a plan ready.</summary>
    public static ChainProduct Of(CompiledTrace function, ChainStrategy strategy)
    {
        var inputs = new int[function.Trace.InputCount];
        for (var input = 0; input < inputs.Length; input++)
            inputs[input] = input;
        var product = Of(strategy.Product);
        // The last product goes straight into the entries.
        product.Place(0, product is MatrixProduct ? 0 : (long)product.Rows * product.Stride);
        return product;

        ReadOnlySpan<int> Before(int stage) => stage == 0 ? inputs : strategy.Cuts[stage - 1].AsSpan();

        ReadOnlySpan<int> After(int stage) => stage == strategy.Cuts.Length ? function.Trace.Outputs : strategy.Cuts[stage].AsSpan();

        ChainProduct Of(ChainStep step)
        {
            var early = step.Way is ChainWay.Tangent or ChainWay.Multiply ? Of(step.Early!) : null;
            var late = step.Way is ChainWay.Adjoint or ChainWay.Multiply ? Of(step.Late!) : null;
            return step.Way switch
            {
                ChainWay.Multiply => new MatrixProduct(early!, late!),
                ChainWay.Adjoint => new SweptProduct(SweepGraph.Between(function.Graph, Before(step.First), After(step.Split)), SweepDirection.Reverse, late),
                ChainWay.Tangent => new SweptProduct(SweepGraph.Between(function.Graph, Before(step.Split + 1), After(step.Last)), SweepDirection.Forward, early),
                _ => new SweptProduct(SweepGraph.Between(function.Graph, Before(step.First), After(step.Last)),
                    step.Way == ChainWay.Forward ? SweepDirection.Forward : SweepDirection.Reverse, null),
            };
        }
    }

    /// <summary>Gives every matrix its place: what a part needed for itself is free again when the next part runs.</summary>
    private void Place(int offset, long own)
    {
        Offset = offset;
        var end = offset + own;
        MatrixCount = end;
        foreach (var part in Parts)
        {
            var size = (long)part.Rows * part.Stride;
            part.Place(checked((int)end), size);
            MatrixCount = Math.Max(MatrixCount, part.MatrixCount);
            end += size;
        }
    }
}

/// <summary>Two matrices multiplied.</summary>
internal sealed class MatrixProduct(ChainProduct early, ChainProduct late) : ChainProduct(late.Rows, early.Columns)
{
    private readonly ChainProduct[] _parts = [early, late];

    public override long DirectionCount => Math.Max(early.DirectionCount, late.DirectionCount);

    public override int SweepCount => early.SweepCount + late.SweepCount;

    protected override ReadOnlySpan<ChainProduct> Parts => _parts;

    protected override void Compute(in ChainPoint at, Span<double> matrices)
    {
        var target = matrices.Slice(Offset, Rows * Stride);
        if (at.Carefully)
            ThinProduct.Careful(Tall(matrices), Flat(matrices), target, Stride, Rows, Columns);
        else
            ThinProduct.Dense(Tall(matrices), Flat(matrices), target, Stride, Rows, Columns);
    }

    /// <summary>The product as the entries of a pattern.</summary>
    public void Multiply(Span<double> matrices, SparsityPattern pattern, bool isFull, Span<double> entries, bool carefully)
    {
        if (carefully)
            ThinProduct.Careful(pattern, Tall(matrices), Flat(matrices), entries);
        else if (isFull)
            ThinProduct.Dense(Tall(matrices), Flat(matrices), entries, Columns, Rows, Columns);
        else
            ThinProduct.Sparse(pattern, Tall(matrices), Flat(matrices), entries);
    }

    private TallFactor Tall(Span<double> matrices) => new(matrices.Slice(late.Offset, late.Rows * late.Stride), late.Stride, late.Columns);

    private FlatFactor Flat(Span<double> matrices) => new(matrices.Slice(early.Offset, early.Rows * early.Stride), early.Stride);
}
