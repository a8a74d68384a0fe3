using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Kernels;
using HybridAD.Variants;

namespace HybridAD;

/// <content>
/// The shortest ways. A small function takes a few nanoseconds, and so do a dozen checks and calls: where compiled kernels are at work and no guard has to be
/// looked at, a method of this class only hands its arguments on to what evaluates, which asks all the rest itself and where it has to calls the long way.
/// </content>
public sealed partial class CompiledJacobian
{
    /// <summary>For which ways it is known whether there is one.</summary>
    [Flags]
    private enum Asked : byte
    {
        None = 0,
        Sparse = 1,
        Dense = 2,
        Buffer = 4,
        Values = 8,
        ValuesOnce = 16,
    }

    /// <summary>How often it is asked whether outputs and entries are better computed together: asking takes as long as a small function.</summary>
    private const int AskedEvery = 64;

    private int _evaluationsUntilAsked;

    /// <summary>The compiled blocks, where they do at every point.</summary>
    private BlockJacobian? UnguardedBlocks => _function.ChecksNoGuards(_variant) ? _planned.Blocks?.Ready : null;

    /// <summary>What computes the outputs with the entries; null where both are computed apart.</summary>
    private ValuesWithEntries? FindWithValues()
    {
        if ((_asked & Asked.Values) != 0)
            return _withValues;
        if (_evaluationsUntilAsked > 0)
            _evaluationsUntilAsked--;
        else if (UnguardedBlocks is { } blocks)
        {
            _withValues = blocks.WithValues(inBuffer: false, (_asked & Asked.ValuesOnce) == 0 ? 1 : AskedEvery);
            _sparseWithValues = Counted(_withValues?.AtPoints(_function.InputCount, ValueAndEvaluateAnySparse));
            _evaluationsUntilAsked = AskedEvery - 1;
            _asked |= blocks.IsWithValuesKnown ? Asked.Values : Asked.ValuesOnce;
        }
        return _withValues;
    }

    /// <summary>The shortest way to outputs and nonzeros; null where there is none, and then what computes both together, if anything does.</summary>
    private PointFunctionWithValues? FindSparseWithValues(out ValuesWithEntries? both)
    {
        both = FindWithValues();
        return _sparseWithValues;
    }

    /// <summary>The same in a buffer, which is like other memory for a function of one method.</summary>
    private PointFunctionWithValues? FindInBufferWithValues() => _sparseWithValues ?? (UnguardedBlocks is { WritesAllInBuffer: true } ? FindSparseWithValues(out _) : null);

    private bool IsFull => Pattern.NonzeroCount == (long)Pattern.RowCount * Pattern.ColumnCount;

    private DenseSpread Spread => field ??= new DenseSpread(Pattern);

    private PointFunction? FindSparse()
    {
        if ((_asked & Asked.Sparse) == 0 && UnguardedBlocks is { } blocks)
        {
            _sparse = Counted(blocks.AtPoints(EvaluateAnySparse));
            _asked |= Asked.Sparse;
        }
        return _sparse;
    }

    private PointFunction? FindDense()
    {
        if ((_asked & Asked.Dense) == 0 && UnguardedBlocks is { } blocks)
        {
            _dense = Counted(IsFull ? blocks.AtPoints(EvaluateAnyDense) : blocks.AtPoints(EvaluateAnySparse) is { } nonzeros ? Spread.After(nonzeros, EvaluateAnyDense) : null);
            _asked |= Asked.Dense;
        }
        return _dense;
    }

    private void FindInBuffer()
    {
        var planned = _planned;
        if ((_asked & Asked.Buffer) != 0 || !_function.ChecksNoGuards(_variant) || planned.Blocks?.Ready is not { } blocks)
            return;
        _inBuffer = blocks.WritesAllInBuffer ? FindSparse() : null;
        _shortInBuffer = blocks.ShortInBuffer is { } program ? new ShortWayInBuffer(planned, program) : null;
        _asked |= Asked.Buffer;
    }

    /// <summary>The values of the function by the shortest way, where they do not replace the point and nobody is told of the two stages of the evaluation.</summary>
    private bool TryShortValue(ReadOnlySpan<double> x, Span<double> y, Workspace? workspace)
    {
        if (workspace is { IsWatched: true } || x.Length != _function.InputCount || y.Length != _function.OutputCount || x.Overlaps(y) || _function.ShortValue is not { } value)
            return false;
        value(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(y), y.Length, workspace);
        return true;
    }

    private void EvaluateFirstSparse(ReadOnlySpan<double> x, Span<double> values, Workspace? workspace)
    {
        var isFirst = (_asked & Asked.Sparse) == 0;
        var way = FindSparse();
        // Nobody has written to the first array, most likely.
        if (isFirst && (_asked & Asked.Sparse) != 0)
            FreshPages.Populate(ref MemoryMarshal.GetReference(values), values.Length);
        if (way is not null)
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(values), values.Length, workspace);
        else
            EvaluateAnySparse(x, values, workspace);
    }

    private void EvaluateFirstDense(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace)
    {
        if (FindDense() is { } way)
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(result), result.Length, workspace);
        else
            EvaluateAnyDense(x, result, workspace);
    }

    private void EvaluateFirst(ReadOnlySpan<double> x, JacobianBuffer buffer, Workspace? workspace)
    {
        FindInBuffer();
        if (_inBuffer is { } way && buffer?.Owner == this)
            Evaluate(x, buffer, workspace, way);
        else
            Evaluate(x, [], buffer!, workspace);
    }

    private static void Evaluate(ReadOnlySpan<double> x, JacobianBuffer buffer, Workspace? workspace, PointFunction way)
    {
        // What this way leaves is not relied on: it writes all entries every time.
        buffer.FilledBy = null;
        way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetArrayDataReference(buffer.Numbers), buffer.Numbers.Length, workspace);
    }

    private void EvaluateAnySparse(ref readonly double x, int inputCount, ref double values, int count, Workspace? workspace) =>
        EvaluateAnySparse(MemoryMarshal.CreateReadOnlySpan(in x, inputCount), MemoryMarshal.CreateSpan(ref values, count), workspace);

    private void EvaluateAnyDense(ref readonly double x, int inputCount, ref double result, int count, Workspace? workspace) =>
        EvaluateAnyDense(MemoryMarshal.CreateReadOnlySpan(in x, inputCount), MemoryMarshal.CreateSpan(ref result, count), workspace);

    private void ValueAndEvaluateAnySparse(ref readonly double x, int inputCount, ref double y, int outputCount, ref double values, int count, Workspace? workspace) =>
        ValueAndEvaluateAnySparse(MemoryMarshal.CreateReadOnlySpan(in x, inputCount), MemoryMarshal.CreateSpan(ref y, outputCount), MemoryMarshal.CreateSpan(ref values, count), workspace);

    private void ValueAndEvaluateAnySparse(ReadOnlySpan<double> x, Span<double> y, Span<double> values, Workspace? workspace)
    {
        CheckSparse(values.Length);
        CheckValues(y.Length);
        using var lent = new LentWorkspace(workspace);
        EvaluateSparse(_planned, x, y, values, lent.Workspace);
    }

    private void EvaluateAnySparse(ReadOnlySpan<double> x, Span<double> values, Workspace? workspace)
    {
        CheckSparse(values.Length);
        using var lent = new LentWorkspace(workspace);
        EvaluateSparse(_planned, x, [], values, lent.Workspace);
    }

    private void EvaluateAnyDense(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace)
    {
        CheckDense(result.Length);
        using var lent = new LentWorkspace(workspace);
        EvaluateDense(x, [], result, lent.Workspace);
    }

    /// <summary>The shortest way into a buffer, and the plan whose kernels it runs: a buffer that others have filled has to be filled again.</summary>
    private sealed record ShortWayInBuffer(PlannedJacobian Planned, ShortProgram Program);
}
