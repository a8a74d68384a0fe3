using System.Runtime.InteropServices;
using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Jacobians;
using HybridAD.Execution.Kernels;
using HybridAD.Plans;
using HybridAD.Variants;

namespace HybridAD;

/// <summary>
/// A planned Jacobian, ready to be evaluated many times. Immutable and thread-safe; with a <see cref="Workspace"/> per thread it allocates nothing
/// after the first evaluation of each kind (J, F and J, nonzeros, into a buffer), which prepares what it runs. Where F and J are asked for together very often, or branches depend on much of F, they are
/// prepared once more, so that what both are made of is computed once; the same numbers to rounding.
/// </summary>
public sealed partial class CompiledJacobian
{
    private readonly TracedFunction _function;
    private readonly JacobianPlannerOptions _options;
    private readonly FunctionVariant _variant;
    private PlannedJacobian _planned;
    // The shortest ways of compiled evaluations, for all that is in the way of a small function; see CompiledJacobian.Short.
    private PointFunction? _sparse;
    private PointFunction? _dense;
    private PointFunction? _inBuffer;
    private PointFunctionWithValues? _sparseWithValues;
    private ShortWayInBuffer? _shortInBuffer;
    private ValuesWithEntries? _withValues;
    private Asked _asked;

    internal CompiledJacobian(TracedFunction function, JacobianPlannerOptions options)
    {
        _function = function;
        _options = options;
        _variant = function.FirstVariant;
        _planned = _variant.Jacobians.Of(options);
        _withGuards = _variant.Program.Trace.Guards.IsEmpty ? null : new(FindWithGuards);
        _count = CountOf(options);
    }

    internal CompiledJacobian(TracedFunction function, JacobianPlan plan, Engine engine)
    {
        ArgumentNullException.ThrowIfNull(plan);
        _function = function;
        _options = JacobianPlannerOptions.Default with { Engine = engine };
        _variant = function.FirstVariant;
        if (!_variant.Jacobians.HasMade(plan))
            PlanVerifier.Verify(plan, _variant.Trace, _variant.Pattern, () => _variant.Blocks.Loops.Blocks);
        _planned = _variant.Jacobians.Execute(plan, engine);
    }

    /// <summary>The plan that is executed; traces recorded later, where a guard flips, are planned on their own. It may be another one after very many evaluations, for which more is worth its compiling.</summary>
    public JacobianPlan Plan => _planned.Plan;

    /// <summary>The positions of the nonzeros, m × n.</summary>
    public SparsityPattern Pattern => _variant.Pattern;

    /// <summary>Sweeps over the whole graph in one evaluation, several directions at once counted as one; 0 for accumulation by rows.</summary>
    public int SweepCount => _planned.Executor.SweepCount;

    /// <summary>Whether compiled kernels are at work; they are made when they pay, see <see cref="Engine"/>.</summary>
    public bool IsCompiled => _planned.Blocks?.Ready is not null;

    /// <summary>J(x) in compressed sparse row form.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <returns>The matrix with its pattern: <see cref="Pattern"/>, but where the point takes another branch, that of the Jacobian there.</returns>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or its Jacobian there cannot be computed as the options ask for (HAD5001).
    /// </exception>
    public CsrMatrix Evaluate(ReadOnlySpan<double> x)
    {
        if (FindSparse() is { } way)
        {
            var nonzeros = new double[Pattern.NonzeroCount];
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetArrayDataReference(nonzeros), nonzeros.Length, null);
            return new CsrMatrix(Pattern, nonzeros);
        }
        using var lent = new LentWorkspace(null);
        var workspace = lent.Workspace;
        var planned = _planned;
        if (planned.Blocks?.Ready is not null)
        {
            var compiled = new double[Pattern.NonzeroCount];
            if (TryCompiled(planned, x, [], compiled, workspace))
                return new CsrMatrix(Pattern, compiled);
        }
        var start = planned.Blocks?.Begin() ?? 0;
        var at = Locate(planned, x, workspace);
        var values = new double[at.Executor.Pattern.NonzeroCount];
        at.Executor.Evaluate(at.Slots, values, workspace);
        planned.Blocks?.SpentSince(start);
        return new CsrMatrix(at.Executor.Pattern, values);
    }

    /// <summary>J(x) into <paramref name="result"/>, m·n numbers row by row.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="result">Receives the Jacobian, m·n numbers row by row, zeros included. Entry (i, j) is ∂yᵢ/∂xⱼ, in units of yᵢ by those of xⱼ. May share its memory with x.</param>
    /// <param name="workspace">Scratch memory, one for each thread. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or the result not m·n (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or its Jacobian there cannot be computed as the options ask for (HAD5001).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Evaluate(ReadOnlySpan<double> x, Span<double> result, Workspace? workspace = null)
    {
        if (_dense is { } way)
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(result), result.Length, workspace);
        else
            EvaluateFirstDense(x, result, workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> (m numbers) and J(x) into <paramref name="result"/> (m·n numbers row by row).</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="result">Receives the Jacobian, m·n numbers row by row.</param>
    /// <param name="workspace">Scratch memory, one for each thread. Null for memory that is lent.</param>
    /// <remarks>Of J holds what holds for <see cref="Evaluate(ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in J, and not in F.</remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, y not m, or the result not m·n (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or its Jacobian there cannot be computed as the options ask for (HAD5001).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueAndEvaluate(ReadOnlySpan<double> x, Span<double> y, Span<double> result, Workspace? workspace = null)
    {
        var shortest = FindSparseWithValues(out var both);
        var isWhole = result.Length == (long)Pattern.RowCount * Pattern.ColumnCount;
        if (shortest is not null && isWhole && IsFull)
        {
            shortest(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(y), y.Length, ref MemoryMarshal.GetReference(result), result.Length, workspace);
            return;
        }
        if (both is not null && isWhole && IsFull && IsPoint(x, y) && both.TryShort(x, y, result, workspace))
        {
            CountEvaluation();
            return;
        }
        // Both ways are shorter than any around a program.
        if ((shortest is not null || both is null) && isWhole && FindDense() is { } way && TryShortValue(x, y, workspace))
        {
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(result), result.Length, workspace);
            return;
        }
        CheckDense(result.Length);
        CheckValues(y.Length);
        using var lent = new LentWorkspace(workspace);
        EvaluateDense(x, y, result, lent.Workspace);
    }

    /// <summary>The nonzeros of J(x), in the order of <see cref="Pattern"/>, into <paramref name="values"/>.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="values">Receives one number per structural nonzero; may share its memory with x.</param>
    /// <param name="workspace">Scratch memory, one for each thread. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// An entry that is 0 at this point keeps its place.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or the values are not one for each nonzero (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or its Jacobian there cannot be computed as the options ask for (HAD5001); or has nonzeros outside of <see cref="Pattern"/> (HAD2006).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void EvaluateSparse(ReadOnlySpan<double> x, Span<double> values, Workspace? workspace = null)
    {
        if (_sparse is { } way)
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(values), values.Length, workspace);
        else
            EvaluateFirstSparse(x, values, workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> and the nonzeros of J(x), in the order of <see cref="Pattern"/>, into <paramref name="values"/>.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="values">Receives one number per structural nonzero.</param>
    /// <param name="workspace">Scratch memory, one for each thread. Null for memory that is lent.</param>
    /// <remarks>Of J holds what holds for <see cref="EvaluateSparse(ReadOnlySpan{double}, Span{double}, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in J, and not in F.</remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, y not m, or the values are not one for each nonzero (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or its Jacobian there cannot be computed as the options ask for (HAD5001); or has nonzeros outside of <see cref="Pattern"/> (HAD2006).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueAndEvaluateSparse(ReadOnlySpan<double> x, Span<double> y, Span<double> values, Workspace? workspace = null)
    {
        ValuesWithEntries? both = null;
        if ((_sparseWithValues ?? FindSparseWithValues(out both)) is { } shortest)
        {
            shortest(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(y), y.Length, ref MemoryMarshal.GetReference(values), values.Length, workspace);
            return;
        }
        if (both is not null)
        {
            if (IsPoint(x, y) && values.Length == Pattern.NonzeroCount && both.TryShort(x, y, values, workspace))
            {
                CountEvaluation();
                return;
            }
        }
        else if (FindSparse() is { } way && values.Length == Pattern.NonzeroCount && TryShortValue(x, y, workspace))
        {
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(values), values.Length, workspace);
            return;
        }
        ValueAndEvaluateAnySparse(x, y, values, workspace);
    }

    /// <summary>Room for the nonzeros of J(x) in which those that do not depend on x already stand, so that evaluations need not write them again.</summary>
    public JacobianBuffer CreateBuffer() => new(this, Pattern);

    /// <summary>The nonzeros of J(x) into a buffer of this Jacobian.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="buffer">Receives the nonzeros; made by <see cref="CreateBuffer"/>. What stands in it after an exception is undefined.</param>
    /// <param name="workspace">Scratch memory, one for each thread. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞, in x or met on the way, stay in the numbers that depend on them and do not reach others. Zero wins over ∞ and NaN: a path with a factor 0 contributes 0, whatever its other factors are. At a kink
    /// the derivative is that of one of the two pieces that meet, at a jump that of the piece that the point belongs to; <c>docs/conventions.md</c> says which.
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers (HAD1001), or the buffer was made by another compiled Jacobian (HAD1008).</exception>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or its Jacobian there cannot be computed as the options ask for (HAD5001); or has nonzeros outside of <see cref="Pattern"/> (HAD2006).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Evaluate(ReadOnlySpan<double> x, JacobianBuffer buffer, Workspace? workspace = null)
    {
        if (_inBuffer is { } whole && buffer?.Owner == this)
            Evaluate(x, buffer, workspace, whole);
        else if (_shortInBuffer is { } way && buffer?.Owner == this && way.Program.TryEvaluate(x, buffer.Numbers, workspace, isPrefilled: buffer.FilledBy == way.Planned))
        {
            buffer.FilledBy = way.Planned;
            CountEvaluation();
        }
        else
            EvaluateFirst(x, buffer!, workspace);
    }

    /// <summary>F(x) into <paramref name="y"/> (m numbers) and the nonzeros of J(x) into a buffer of this Jacobian.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="y">Receives the outputs, m numbers.</param>
    /// <param name="buffer">Receives the nonzeros; made by <see cref="CreateBuffer"/>. What stands in it after an exception is undefined.</param>
    /// <param name="workspace">Scratch memory, one for each thread. Null for memory that is lent.</param>
    /// <remarks>Of J holds what holds for <see cref="Evaluate(ReadOnlySpan{double}, JacobianBuffer, Workspace?)"/>: NaN and ∞ stay in what depends on them, zero wins over ∞ in J, and not in F.</remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or y not m (HAD1001), or the buffer was made by another compiled Jacobian (HAD1008).</exception>
    /// <exception cref="ArgumentNullException">The buffer is null.</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); it was recorded again and returned another number of
    /// outputs (HAD2005); or its Jacobian there cannot be computed as the options ask for (HAD5001); or has nonzeros outside of <see cref="Pattern"/> (HAD2006).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void ValueAndEvaluate(ReadOnlySpan<double> x, Span<double> y, JacobianBuffer buffer, Workspace? workspace = null)
    {
        if (FindInBufferWithValues() is { } shortest && buffer?.Owner == this)
        {
            // It writes all entries every time.
            buffer.FilledBy = null;
            shortest(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(y), y.Length, ref MemoryMarshal.GetArrayDataReference(buffer.Numbers), buffer.Numbers.Length, workspace);
            return;
        }
        CheckValues(y.Length);
        Evaluate(x, y, buffer!, workspace);
    }

    private void Evaluate(ReadOnlySpan<double> x, Span<double> y, JacobianBuffer buffer, Workspace? workspace)
    {
        ArgumentNullException.ThrowIfNull(buffer);
        if (buffer.Owner != this)
            throw new HybridAdArgumentException(ErrorCodes.ForeignBuffer,
                $"The buffer was made by another compiled Jacobian, with {buffer.Numbers.Length} nonzeros; this one has {Pattern.NonzeroCount}, and keeps what never changes in its own. Use a buffer that CreateBuffer of this Jacobian returned.",
                nameof(buffer));
        var planned = _planned;
        var isPrefilled = buffer.FilledBy == planned;
        // What an evaluation leaves that is cancelled is not relied on.
        buffer.FilledBy = null;
        using var lent = new LentWorkspace(workspace);
        buffer.FilledBy = EvaluateSparse(planned, x, y, buffer.Numbers, lent.Workspace, isPrefilled) ? planned : null;
    }

    /// <summary>By compiled kernels, where they are at work, the traced branches are taken, and nothing needs care.</summary>
    /// <param name="planned">The kernels and their plan.</param>
    /// <param name="x">The point.</param>
    /// <param name="y">Receives the outputs; empty where they are not asked for.</param>
    /// <param name="entries">Receives the entries.</param>
    /// <param name="workspace">Scratch memory.</param>
    /// <param name="isPrefilled">Whether a buffer is filled already; null for no buffer.</param>
    /// <param name="isOneOfMany">Whether it is one of many points.</param>
    private bool TryCompiled(
        PlannedJacobian planned, ReadOnlySpan<double> x, Span<double> y, Span<double> entries, Workspace workspace, bool? isPrefilled = null, bool isOneOfMany = false)
    {
        if (planned.Blocks?.Ready is not { } blocks)
            return false;
        Throw.IfLengthDiffers(x.Length, _function.InputCount, nameof(x), "one number per input");
        if (_withGuards is not null && !_function.ChecksNoGuards(_variant) && _withGuards.For(planned.Plan.Best) is { } withGuards)
            return TryWithGuards(withGuards, x, y, entries, workspace, isPrefilled, isOneOfMany);
        if (!y.IsEmpty && _function.HasGuardsApart(_variant) && (isOneOfMany ? blocks.WithValuesAmongMany : blocks.WithValues(isPrefilled is not null)) is { } both)
            return _function.TryWatchedValues(_variant, x, [], workspace) && both.Evaluate(x, y, entries, workspace, isPrefilled ?? false);
        return _function.TryWatchedValues(_variant, x, y, workspace) && (isPrefilled is { } isFilled ? blocks.EvaluateInBuffer(x, entries, workspace, isFilled) : blocks.Evaluate(x, entries, workspace));
    }

    private TracedFunction.Evaluation<JacobianExecutor> Locate(PlannedJacobian planned, ReadOnlySpan<double> x, Workspace workspace) =>
        _function.Evaluate(x, workspace, (Planned: planned, Self: this), static (variant, at) =>
            ReferenceEquals(variant, at.Self._variant) ? at.Planned.Executor : variant.Jacobians.Of(at.Self._options).Executor);

    private bool IsPoint(ReadOnlySpan<double> x, ReadOnlySpan<double> y) => x.Length == _function.InputCount && y.Length == _function.OutputCount;

    private void CheckDense(int length) =>
        Throw.IfLengthDiffers(length, (long)_function.OutputCount * _function.InputCount, "result", "outputs times inputs");

    private void CheckSparse(int length) => Throw.IfLengthDiffers(length, Pattern.NonzeroCount, "values", "one number per structural nonzero");

    private void CheckValues(int length) => Throw.IfLengthDiffers(length, _function.OutputCount, "y", "one number per output");

    private void EvaluateDense(ReadOnlySpan<double> x, Span<double> y, Span<double> result, Workspace workspace)
    {
        workspace.Monitor.Begin();
        EvaluateDenseWatched(workspace.Apart(x, result, y), y, result, workspace);
        workspace.Monitor.End();
    }

    private void EvaluateDenseWatched(ReadOnlySpan<double> x, Span<double> y, Span<double> result, Workspace workspace)
    {
        var planned = _planned;
        if (planned.Blocks?.Ready is not null)
        {
            if (TryCompiled(planned, x, y, result[..Pattern.NonzeroCount], workspace))
            {
                if (!IsFull)
                    Spread.Spread(result);
                CountEvaluation();
                return;
            }
        }
        var start = planned.Blocks?.Begin() ?? 0;
        var at = Locate(planned, x, workspace);
        if (!y.IsEmpty)
            at.Executor.ReadOutputs(at.Slots, y);
        var pattern = at.Executor.Pattern;
        at.Executor.Evaluate(at.Slots, result[..pattern.NonzeroCount], workspace);
        DenseSpread.Spread(pattern, result);
        planned.Blocks?.SpentSince(start);
    }

    /// <summary>Evaluates; returns whether all entries come from compiled kernels, so that the constant ones are in their places.</summary>
    private bool EvaluateSparse(
        PlannedJacobian planned, ReadOnlySpan<double> x, Span<double> y, Span<double> values, Workspace workspace, bool? isPrefilled = null, bool isOneOfMany = false)
    {
        workspace.Monitor.Begin();
        x = workspace.Apart(x, values, y);
        var isCompiled = TryCompiled(planned, x, y, values, workspace, isPrefilled, isOneOfMany);
        if (isCompiled)
            CountEvaluation();
        else
        {
            var start = planned.Blocks?.Begin() ?? 0;
            EvaluateInterpreted(planned, x, y, values, workspace);
            planned.Blocks?.SpentSince(start);
        }
        workspace.Monitor.End();
        return isCompiled;
    }

    /// <summary>Without compiled kernels, on the trace whose branches are taken at the point.</summary>
    private void EvaluateInterpreted(PlannedJacobian planned, ReadOnlySpan<double> x, Span<double> y, Span<double> values, Workspace workspace)
    {
        var at = Locate(planned, x, workspace);
        if (!y.IsEmpty)
            at.Executor.ReadOutputs(at.Slots, y);
        if (ReferenceEquals(at.Executor.Pattern, Pattern))
            at.Executor.Evaluate(at.Slots, values, workspace);
        else
            EvaluateElsewhere(at, values, workspace);
    }

    /// <summary>The entries of another branch at their places in the pattern of this one.</summary>
    private void EvaluateElsewhere(TracedFunction.Evaluation<JacobianExecutor> at, Span<double> values, Workspace workspace)
    {
        var pattern = at.Executor.Pattern;
        var entries = workspace.Entries(pattern.NonzeroCount);
        at.Executor.Evaluate(at.Slots, entries, workspace);
        values.Clear();
        for (var row = 0; row < pattern.RowCount; row++)
            for (var k = pattern.RowStarts[row]; k < pattern.RowStarts[row + 1]; k++)
            {
                var position = Pattern.Row(row).BinarySearch(pattern.Columns[k]);
                if (position < 0)
                    throw new HybridAdException(ErrorCodes.PatternChanged,
                        $"At this point the function takes another branch, on which output {row} depends on input {pattern.Columns[k]}; "
                        + "that position is not in the pattern of the compiled Jacobian. Use the dense form, or SparseJacobian(x), which returns its own pattern.");
                values[Pattern.RowStarts[row] + position] = entries[k];
            }
    }
}
