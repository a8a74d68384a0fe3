using HybridAD.Execution.Sweeps;
using HybridAD.Plans;

namespace HybridAD.Execution.Jacobians;

/// <summary>
/// Some stages swept through: from unit directions, which gives their own Jacobian, or from the rows or columns of a matrix that is already there, which
/// multiplies it with their Jacobian without forming that.
/// </summary>
internal sealed class SweptProduct : ChainProduct
{
    private readonly SweepGraph _graph;
    private readonly SweepDirection _direction;
    private readonly ChainProduct? _seeds;
    private readonly ChainProduct[] _parts;
    private readonly SweepKernel _kernel;

    public SweptProduct(SweepGraph graph, SweepDirection direction, ChainProduct? seeds)
        : base(seeds is not null && direction == SweepDirection.Reverse ? seeds.Rows : graph.OutputSlots.Length,
            seeds is not null && direction == SweepDirection.Forward ? seeds.Columns : graph.InputCount)
    {
        _graph = graph;
        _direction = direction;
        _seeds = seeds;
        _parts = seeds is null ? [] : [seeds];
        _kernel = SweepKernel.ForWidth(SweepWidth.For(Directions));
    }

    private int Directions => _direction == SweepDirection.Forward ? Columns : Rows;

    public override long DirectionCount => Math.Max((long)_graph.SlotCount * _kernel.Width, _seeds?.DirectionCount ?? 0);

    public override int SweepCount => (Directions + _kernel.Width - 1) / _kernel.Width + (_seeds?.SweepCount ?? 0);

    protected override ReadOnlySpan<ChainProduct> Parts => _parts;

    protected override void Compute(in ChainPoint at, Span<double> matrices)
    {
        var target = matrices.Slice(Offset, Rows * Stride);
        var seeds = _seeds is null ? default : matrices.Slice(_seeds.Offset, _seeds.Rows * _seeds.Stride);
        var alive = at.Workspace.Alive(_graph.SlotCount);
        for (var first = 0; first < Directions; first += _kernel.Width)
        {
            Array.Clear(alive, 0, _graph.SlotCount);
            var count = Math.Min(_kernel.Width, Directions - first);
            if (_direction == SweepDirection.Forward)
            {
                SeedForward(at.Directions, alive, seeds, first, count);
                _kernel.Forward(_graph, at.Slots, at.Directions, alive, at.Carefully);
                ReadForward(at.Directions, alive, target, first);
            }
            else
            {
                SeedReverse(at.Directions, alive, seeds, first, count);
                _kernel.Reverse(_graph, at.Slots, at.Directions, alive, at.Carefully);
                ReadReverse(at.Directions, alive, target, first, count);
            }
        }
    }

    private void SeedForward(Span<double> tangents, bool[] alive, ReadOnlySpan<double> seeds, int first, int count)
    {
        var width = _kernel.Width;
        if (_seeds is null)
        {
            for (var lane = 0; lane < count; lane++)
            {
                tangents.Slice((first + lane) * width, width).Clear();
                tangents[(first + lane) * width + lane] = 1;
                alive[first + lane] = true;
            }
            return;
        }
        for (var input = 0; input < _graph.InputCount; input++)
        {
            var line = seeds.Slice(input * _seeds.Stride + first, width);
            alive[input] = line[..count].ContainsAnyExcept(0.0);
            if (alive[input])
                line.CopyTo(tangents.Slice(input * width, width));
        }
    }

    private void ReadForward(Span<double> tangents, bool[] alive, Span<double> target, int first)
    {
        var width = _kernel.Width;
        for (var row = 0; row < Rows; row++)
        {
            var slot = _graph.OutputSlots[row];
            var line = target.Slice(row * Stride + first, width);
            if (slot >= 0 && alive[slot])
                tangents.Slice(slot * width, width).CopyTo(line);
            else
                line.Clear();
            // What pads the row is multiplied like the rest, and must be numbers.
            if (first + width >= Columns)
                target[(row * Stride + first + width)..((row + 1) * Stride)].Clear();
        }
    }

    /// <summary>Several outputs may share a slot, each in a direction of its own.</summary>
    private void SeedReverse(Span<double> adjoints, bool[] alive, ReadOnlySpan<double> seeds, int first, int count)
    {
        var width = _kernel.Width;
        if (_seeds is null)
        {
            for (var lane = 0; lane < count; lane++)
                if (_graph.OutputSlots[first + lane] is >= 0 and var slot)
                    Wake(adjoints, alive, slot)[lane] = 1;
            return;
        }
        for (var output = 0; output < _graph.OutputSlots.Length; output++)
        {
            if (_graph.OutputSlots[output] is not (>= 0 and var slot))
                continue;
            for (var lane = 0; lane < count; lane++)
                if (seeds[(first + lane) * _seeds.Stride + output] is not 0 and var seed)
                    Wake(adjoints, alive, slot)[lane] = seed;
        }
    }

    private Span<double> Wake(Span<double> adjoints, bool[] alive, int slot)
    {
        var lanes = adjoints.Slice(slot * _kernel.Width, _kernel.Width);
        if (!alive[slot])
            lanes.Clear();
        alive[slot] = true;
        return lanes;
    }

    private void ReadReverse(Span<double> adjoints, bool[] alive, Span<double> target, int first, int count)
    {
        var width = _kernel.Width;
        for (var lane = 0; lane < count; lane++)
        {
            var line = target.Slice((first + lane) * Stride, Stride);
            for (var input = 0; input < Columns; input++)
                line[input] = alive[input] ? adjoints[input * width + lane] : 0;
            line[Columns..].Clear();
        }
    }
}
