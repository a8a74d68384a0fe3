using System.Globalization;
using System.Runtime.InteropServices;
using HybridAD.Collections;
using HybridAD.Errors;
using HybridAD.Execution;
using HybridAD.Execution.Blocks;
using HybridAD.Execution.Kernels;
using HybridAD.Graph;
using HybridAD.Planning.Estimates;
using HybridAD.Primitives;
using HybridAD.Rounding;
using HybridAD.Variants;

namespace HybridAD;

/// <summary>
/// A function ℝⁿ → ℝᵐ that was recorded as a graph and can be evaluated and differentiated at any point. Immutable for its users and thread-safe; give
/// each thread a <see cref="Workspace"/> of its own and evaluations allocate nothing.
/// </summary>
/// <remarks>
/// NaN and ∞ are data: they stay in the outputs and derivatives that depend on them and do not reach others. In derivatives zero wins over ∞. Every method takes the point first and
/// the destination last, and throws <see cref="HybridAdArgumentException"/> (HAD1001) with both sizes when a length is wrong. Where a point takes another branch the function is recorded again, and what its code
/// throws passes through. Jacobians, gradients and products have the units of outputs by those of inputs, Hessians those of the weighted sum by those of two inputs.
/// </remarks>
public sealed partial class TracedFunction
{
    private const int MostVariants = 64;

    /// <summary>What computing guards and values takes of an evaluation of derivatives, about; for progress only.</summary>
    private const double ShareOfValues = 0.3;

    /// <summary>After so many evaluations of values, looking at their code and compiling it once more would have taken no longer: an operation takes as many times longer for that than when it is evaluated.</summary>
    private const double EvaluationsBeforeMany = 200_000;

    private readonly TracingOptions _options;
    private readonly SparsityPattern? _declared;
    private readonly Func<double[], RoundedProgram>? _retrace;
    private readonly Lock _tracing = new();
    private readonly MadeWhenAsked<DeferredCompilation<CompiledJacobian>> _gradient = new();
    private FunctionVariant[] _variants;
    private PointFunction? _value;
    private bool _isValueAsked;
    private bool _expectsMany;

    /// <summary>Wraps a trace that came from a file or was built by hand.</summary>
    /// <param name="trace">The function.</param>
    /// <param name="options">How it is treated; null for the defaults.</param>
    /// <param name="declaredPattern">Positions that Jacobians must list whether or not the graph depends on them; null for none.</param>
    /// <param name="retrace">Records the function again at another point; null where that is impossible.</param>
    /// <exception cref="HybridAdArgumentException">The declared pattern does not have a row for each output and a column for each input (HAD1004).</exception>
    public TracedFunction(Trace trace, TracingOptions? options = null, SparsityPattern? declaredPattern = null, Func<double[], Trace>? retrace = null)
        : this(new RoundedProgram(trace ?? throw new ArgumentNullException(nameof(trace))), options, declaredPattern, retrace is null ? null : x => new RoundedProgram(retrace(x)))
    {
    }

    /// <summary>Wraps a trace together with what its source says of its numbers, which the analyses of rounding use.</summary>
    /// <param name="program">The function.</param>
    /// <param name="options">How it is treated; null for the defaults.</param>
    /// <param name="declaredPattern">Positions that Jacobians must list whether or not the graph depends on them; null for none.</param>
    /// <param name="retrace">Records the function again at another point; null where that is impossible.</param>
    /// <exception cref="HybridAdArgumentException">The declared pattern does not have a row for each output and a column for each input (HAD1004).</exception>
    public TracedFunction(
        RoundedProgram program, TracingOptions? options = null, SparsityPattern? declaredPattern = null, Func<double[], RoundedProgram>? retrace = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        _options = options ?? TracingOptions.Default;
        if (declaredPattern is not null)
        {
            if (declaredPattern.RowCount != program.Trace.OutputCount)
                Throw.OutOfRange($"{nameof(declaredPattern)}.{nameof(SparsityPattern.RowCount)}", declaredPattern.RowCount, $"{program.Trace.OutputCount}, a row for each output");
            if (declaredPattern.ColumnCount != program.Trace.InputCount)
                Throw.OutOfRange($"{nameof(declaredPattern)}.{nameof(SparsityPattern.ColumnCount)}", declaredPattern.ColumnCount, $"{program.Trace.InputCount}, a column for each input");
        }
        _declared = declaredPattern;
        _retrace = retrace;
        _variants = [new FunctionVariant(program, _options, declaredPattern)];
        InputCount = program.Trace.InputCount;
        OutputCount = program.Trace.OutputCount;
    }

    /// <summary>Number of inputs n.</summary>
    public int InputCount { get; }

    /// <summary>Number of outputs m.</summary>
    public int OutputCount { get; }

    /// <summary>The first trace, as it was recorded.</summary>
    public Trace Trace => Program.Trace;

    /// <summary>How the function is evaluated.</summary>
    internal TracingOptions Options => _options;

    /// <summary>The first trace, with what was captured while it was recorded (<see cref="TracingOptions.CaptureSource"/>) or came with it.</summary>
    public RoundedProgram Program => _variants[0].Program;

    /// <summary>The traces recorded so far: more than one after a guard flipped.</summary>
    public IReadOnlyList<Trace> Traces => [.. Volatile.Read(ref _variants).Select(variant => variant.Program.Trace)];

    /// <summary>The first trace after simplification: the graph that is planned and evaluated.</summary>
    public Trace SimplifiedTrace => _variants[0].Trace;

    internal FunctionVariant FirstVariant => _variants[0];

    /// <summary>F(x), m numbers.</summary>
    /// <inheritdoc cref="Value(ReadOnlySpan{double}, Span{double}, Workspace?)" path="/*[self::remarks or self::param[@name='x'] or self::exception[not(contains(@cref, 'OperationCanceled'))]]"/>
    /// <returns>The outputs.</returns>
    public double[] Value(ReadOnlySpan<double> x)
    {
        var y = new double[OutputCount];
        Value(x, y);
        return y;
    }

    /// <summary>F(x) into <paramref name="y"/>, m numbers.</summary>
    /// <param name="x">The point, n numbers.</param>
    /// <param name="y">Receives the outputs, m numbers; may share its memory with x.</param>
    /// <param name="workspace">Scratch memory, one for each thread; with it nothing is allocated. Null for memory that is lent.</param>
    /// <remarks>
    /// NaN and ∞ are data: arithmetic is that of IEEE 754, so that 0·∞ is NaN, and outside of its domain an operation is NaN. They stay in the outputs that depend on them. Compiled, the last bits may differ from
    /// those of the interpreter (<see cref="TracingOptions.StrictFunctions"/>).
    /// </remarks>
    /// <exception cref="HybridAdArgumentException">x has not n numbers, or y not m (HAD1001).</exception>
    /// <exception cref="HybridAdException">
    /// At the point another branch is taken, and the function cannot be recorded again or <see cref="TracingOptions.OnGuardFlip"/> forbids it (HAD2004); or it was recorded again and returned another number of
    /// outputs (HAD2005).
    /// </exception>
    /// <exception cref="OperationCanceledException">The <see cref="EvaluationOptions.CancellationToken"/> of the workspace was cancelled; what is in the results is undefined.</exception>
    public void Value(ReadOnlySpan<double> x, Span<double> y, Workspace? workspace = null)
    {
        if (_value is { } way)
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(y), y.Length, workspace);
        else
            FirstValue(x, y, workspace);
    }

    /// <summary>The shortest way to the values, compiled at once; null where guards have to be looked at, or values are not short.</summary>
    internal PointFunction? ShortValue => _isValueAsked ? _value : ChecksNoGuards(FirstVariant) ? FindValue(FirstVariant.Sweeps.Values.Now()) : null;

    /// <summary>Looks for the shortest way first, see <see cref="CompiledJacobian"/>.</summary>
    private void FirstValue(ReadOnlySpan<double> x, Span<double> y, Workspace? workspace)
    {
        if ((_isValueAsked ? _value : ChecksNoGuards(FirstVariant) ? FindValue(FirstVariant.Sweeps.Values.Ready) : null) is { } way)
            way(in MemoryMarshal.GetReference(x), x.Length, ref MemoryMarshal.GetReference(y), y.Length, workspace);
        else
            AnyValue(x, y, workspace);
    }

    private PointFunction? FindValue(BlockValues? values)
    {
        if (values is null)
            return null;
        _value = values.AtPoints(AnyValue) is { } way ? Counted(way) : null;
        _isValueAsked = true;
        return _value;
    }

    /// <summary>A way to the values that counts, where better code may come of it.</summary>
    private PointFunction Counted(PointFunction way) =>
        _expectsMany || _options.Engine != Engine.Auto || FirstVariant.Program.Trace.OperationCount > StraightLineOrBlocks.LongestLookedAt ? way : Counting(way, new(static () => EvaluationsBeforeMany));

    private PointFunction Counting(PointFunction way, EvaluationCount count) => (ref readonly double x, int inputCount, ref double y, int outputCount, Workspace? workspace) =>
    {
        if (count.IsTime())
            ExpectMany();
        way(in x, inputCount, ref y, outputCount, workspace);
    };

    /// <summary>Very many evaluations are expected by now: values get the code that takes least, however long compiling it takes.</summary>
    internal void ExpectMany()
    {
        if (_expectsMany || _options.Engine != Engine.Auto)
            return;
        FirstVariant.Sweeps.ExpectManyValues();
        _expectsMany = true;
        (_value, _isValueAsked) = (null, false);
    }

    private void AnyValue(ref readonly double x, int inputCount, ref double y, int outputCount, Workspace? workspace) =>
        AnyValue(MemoryMarshal.CreateReadOnlySpan(in x, inputCount), MemoryMarshal.CreateSpan(ref y, outputCount), workspace);

    private void AnyValue(ReadOnlySpan<double> x, Span<double> y, Workspace? workspace)
    {
        Throw.IfLengthDiffers(x.Length, InputCount, nameof(x), "one number per input");
        Throw.IfLengthDiffers(y.Length, OutputCount, nameof(y), "one number per output");
        using var lent = new LentWorkspace(workspace);
        workspace = lent.Workspace;
        workspace.Monitor.Begin();
        x = workspace.Apart(x, y);
        var variant = FirstVariant;
        if (!(variant.Sweeps.Values.Ready is { } values && IsUnflipped(values.Evaluate(x, y, workspace))))
        {
            var start = variant.Sweeps.Values.Begin();
            var at = Evaluate(x, workspace);
            at.Variant.Compiled.ReadOutputs(at.Slots, y);
            variant.Sweeps.Values.SpentSince(start);
        }
        workspace.Monitor.End();
    }

    /// <summary>Computes the values by compiled kernels, if there are any to compute, and checks the guards; false where another way has to be taken.</summary>
    internal bool TryValues(FunctionVariant variant, ReadOnlySpan<double> x, Span<double> y, Workspace workspace)
    {
        if (y.IsEmpty && ChecksNoGuards(variant))
            return true;
        if (variant.Sweeps.Values.Now() is { } values)
            return IsUnflipped(y.IsEmpty ? values.FirstFlippedGuard(x, workspace) : values.Evaluate(x, y, workspace));
        var slots = workspace.SlotsOf(variant.Compiled);
        variant.Compiled.EvaluateValues(x, slots);
        if (!y.IsEmpty)
            variant.Compiled.ReadOutputs(slots, y);
        return IsUnflipped(variant.Compiled.FirstFlippedGuard(slots));
    }

    /// <summary>The same as the first stage of an evaluation that has another one.</summary>
    internal bool TryWatchedValues(FunctionVariant variant, ReadOnlySpan<double> x, Span<double> y, Workspace workspace)
    {
        if (!(y.IsEmpty && ChecksNoGuards(variant)))
            workspace.Monitor.Stage(ShareOfValues);
        if (!TryValues(variant, x, y, workspace))
            return false;
        workspace.Monitor.Stage(1);
        return true;
    }

    /// <summary>Whether a trace is the right one at every point.</summary>
    internal bool ChecksNoGuards(FunctionVariant variant) =>
        _options.OnGuardFlip == GuardPolicy.Ignore || !variant.HasGuards;

    /// <summary>Whether finding out if a trace is the right one takes much less than its outputs do.</summary>
    internal bool HasGuardsApart(FunctionVariant variant) => ChecksNoGuards(variant) || variant.Sweeps.Values.Now() is { AreGuardsShort: true };

    private bool IsUnflipped(int firstFlipped) => firstFlipped < 0 || _options.OnGuardFlip == GuardPolicy.Ignore;

    /// <summary>Evaluates on the trace whose branches are taken at the point.</summary>
    private Evaluation<CompiledTrace> Evaluate(ReadOnlySpan<double> x, Workspace workspace) =>
        Evaluate(x, workspace, 0, static (variant, _) => variant.Compiled);

    /// <summary>Evaluates the values, in the memory of an executor, on the trace whose branches are taken at the point.</summary>
    internal Evaluation<TExecutor> Evaluate<TExecutor, TState>(
        ReadOnlySpan<double> x, Workspace workspace, TState state, Func<FunctionVariant, TState, TExecutor> executorOf)
        where TExecutor : ITraceExecutor
    {
        Throw.IfLengthDiffers(x.Length, InputCount, nameof(x), "one number per input");
        ArgumentNullException.ThrowIfNull(workspace);
        var variants = Volatile.Read(ref _variants);
        if (TryEvaluate(variants, x, workspace, state, executorOf) is { } at)
            return at;
        FunctionVariant fresh;
        // The user's code runs on one thread at a time, and threads that come to the same branch together share its trace.
        lock (_tracing)
        {
            var known = Volatile.Read(ref _variants);
            if (known != variants && TryEvaluate(known, x, workspace, state, executorOf) is { } there)
                return there;
            fresh = Retrace(x.ToArray());
        }
        var freshExecutor = executorOf(fresh, state);
        var freshSlots = workspace.SlotsOf(freshExecutor);
        freshExecutor.EvaluateValues(x, freshSlots, workspace);
        return new Evaluation<TExecutor>(fresh, freshExecutor, freshSlots);
    }

    private Evaluation<TExecutor>? TryEvaluate<TExecutor, TState>(
        FunctionVariant[] variants, ReadOnlySpan<double> x, Workspace workspace, TState state, Func<FunctionVariant, TState, TExecutor> executorOf)
        where TExecutor : ITraceExecutor
    {
        foreach (var variant in variants)
        {
            var executor = executorOf(variant, state);
            var slots = workspace.SlotsOf(executor);
            executor.EvaluateValues(x, slots, workspace);
            var flipped = _options.OnGuardFlip == GuardPolicy.Ignore ? -1 : executor.FirstFlippedGuard(slots);
            if (flipped < 0)
                return new Evaluation<TExecutor>(variant, executor, slots);
            if (_options.OnGuardFlip == GuardPolicy.Throw || _retrace is null)
                ThrowFlipped(variant.Trace, flipped, executor.ReadGuard(flipped, slots, workspace), canRetrace: _retrace is not null);
        }
        return null;
    }

    /// <summary>Records the function anew; one thread at a time.</summary>
    private FunctionVariant Retrace(double[] x)
    {
        var program = _retrace!(x);
        if (program.Trace.OutputCount != OutputCount)
            throw new HybridAdException(ErrorCodes.OutputCountChanged,
                $"The function returned {program.Trace.OutputCount} {(program.Trace.OutputCount == 1 ? "output" : "outputs")} at the new point but {OutputCount} where it was first traced. "
                + "A function must have the same number of outputs everywhere.");
        var variant = new FunctionVariant(program, _options, _declared);
        // The first trace stays for Trace and plans; of the others the oldest makes room.
        var kept = _variants.Length < MostVariants ? _variants : [_variants[0], .. _variants.AsSpan(2)];
        Volatile.Write(ref _variants, [.. kept, variant]);
        return variant;
    }

    private static void ThrowFlipped(Trace trace, int index, (double Value, double[] Operands) at, bool canRetrace)
    {
        var guard = trace.Guards[index];
        var values = string.Join(", ", at.Operands.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
        var name = trace.Operations[guard.Node] > Op.Constant ? Primitive.Of(trace.Operations[guard.Node]).Name : "input";
        var what = string.Create(CultureInfo.InvariantCulture,
            $"At this point the traced code takes another branch: guard {index}, {name}({values}) at node {guard.Node}, is {at.Value:R} but was {guard.Expected:R} when traced.");
        throw canRetrace
            ? new HybridAdException(ErrorCodes.GuardFlipped, what, "Trace with GuardPolicy.Retrace, or replace the branch by Real.Where.")
            : new HybridAdException(ErrorCodes.GuardFlipped, $"{what} The function came as a trace and cannot be recorded again: record it at this point.",
                "Or take the recorded branch all the same with GuardPolicy.Ignore.");
    }

    /// <summary>Values at a point: on which trace, for which executor, and where they stand.</summary>
    internal readonly record struct Evaluation<TExecutor>(FunctionVariant Variant, TExecutor Executor, double[] Slots);
}
