using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.Tracing;

/// <summary>
/// Records the operations of C# code that runs on <see cref="Real"/>. Values are computed as soon as something asks for one, such as a comparison: those of all nodes so far,
/// and from then on that of each as it is recorded. Most functions never ask, and so neither compute nor keep any.
/// Its memory is pooled per thread; the tape itself is new for every trace, so that scalars of an older trace are always recognised.
/// </summary>
public sealed unsafe class Tape
{
    /// <summary>Whose operands fit into an array.</summary>
    private static readonly int MostNodes = Array.MaxLength / 2;

    private const int MostUnasked = 256;
    private const int NodesForEachUnasked = 32;

    [ThreadStatic]
    private static Tape? s_recording;

    // Null once the tape has ended.
    private TapeBuffers? _buffers;

    // Where the nodes stand in it: node k < _count is written, node k < _capacity is within it.
    private byte* _operations;
    private long* _operands;
    private int _count;

    // Null as long as nothing has asked for a value.
    private double* _values;
    private TapeLiterals _literals;
    private int[] _lists;
    private int _listCount;
    private int[] _guards;
    private int _guardCount;
    private readonly double[] _point;
    private readonly SourceCapture? _capture;
    private readonly Tape? _outer;

    // Where the fast way, which has nothing to ask, ends: no later than where the room does; 0 while sources are captured and once the tape has ended.
    private int _capacity;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private volatile bool _isTornApart;
    private TapeMarks? _marks;

    /// <summary>Starts a trace at a point; the inputs get its values.</summary>
    /// <param name="point">The point, a number per input.</param>
    /// <param name="captureSource">
    /// Whether the line of C# that performs each operation is found, on the stack: some microseconds for each operation instead of some nanoseconds.
    /// </param>
    public Tape(ReadOnlySpan<double> point, bool captureSource = false)
    {
        _buffers = TapePool.Take();
        (_literals, _lists, _guards) = (_buffers.Literals, _buffers.Lists, _buffers.Guards);
        _literals.Clear();
        _point = FreshPages.Copy(point);
        _outer = s_recording;
        s_recording = this;
        if (_buffers.Nodes.Capacity < point.Length)
            _buffers.Nodes.Grow(point.Length, RoomBeyond(point.Length));
        // Under native AOT a frame of the stack has no method to name, and asking for one would keep the trimmer from trimming.
        if (captureSource && RuntimeFeature.IsDynamicCodeSupported)
            _capture = new SourceCapture(point.Length);
        FindPlaces();
        new Span<byte>(_operations, point.Length).Clear();
        new Span<long>(_operands, point.Length).Clear();
        _count = point.Length;
    }

    /// <summary>The tape that was started last on the calling thread and has not ended.</summary>
    internal static Tape? Recording => s_recording;

    /// <summary>Nodes recorded so far.</summary>
    internal int NodeCount => _count;

    /// <summary>The active scalar of an input.</summary>
    public Real Input(int index)
    {
        if ((uint)index >= (uint)_point.Length)
            Throw.OutOfRange(nameof(index), index, $"0 … {_point.Length - 1}");
        return new Real(this, index);
    }

    /// <summary>Ends the trace and gives its memory back to the pool.</summary>
    /// <param name="outputs">The outputs; passive ones become literals.</param>
    /// <param name="names">Names, where there are any.</param>
    public Trace Finish(ReadOnlySpan<Real> outputs, TraceNames? names = null) => FinishProgram(outputs, names).Trace;

    /// <summary>Ends the trace as <see cref="Finish"/> does; with it comes what was captured and marked: source lines, variables, stages.</summary>
    /// <param name="outputs">The outputs; passive ones become literals.</param>
    /// <param name="names">Names, where there are any.</param>
    public RoundedProgram FinishProgram(ReadOnlySpan<Real> outputs, TraceNames? names = null)
    {
        if (_buffers is null)
            Throw.ClosedTrace();
        CheckThread();
        var ids = FreshPages.Uncleared<int>(outputs.Length);
        for (var i = 0; i < outputs.Length; i++)
            ids[i] = IdOf(outputs[i]);
        var (count, guards) = (_count, Guards());
        var (literals, lists) = (FreshPages.Copy(_literals.Numbers), FreshPages.Copy<int>(_lists.AsSpan(0, _listCount)));
        // Nothing may look at memory that is given back.
        var buffers = Close(_buffers);
        var (operations, operands) = buffers.Nodes.Capacity <= TapePool.MostNodes ? buffers.Nodes.Copy(count) : buffers.Nodes.Take(count);
        TapePool.Return(buffers);
        var trace = new Trace(_point.Length, operations, operands, lists, literals, ids, guards, names ?? TraceNames.None, _point);
        var program = new RoundedProgram(trace) { Sources = _capture?.Finish(count) };
        return _marks?.AddTo(program) ?? program;
    }

    /// <summary>Ends the trace without a result, after an exception in the traced code.</summary>
    public void Abandon()
    {
        if (_buffers is { } buffers)
            TapePool.Return(Close(buffers));
    }

    private TapeBuffers Close(TapeBuffers buffers)
    {
        // The next recording is likely to be of the same function, and to need as much.
        if (_values is null)
            buffers.Nodes.ReleaseValues();
        (buffers.Literals, buffers.Lists, buffers.Guards) = (_literals, _lists, _guards);
        (_buffers, _literals, _lists, _guards) = (null, default, [], []);
        (_count, _capacity) = (0, 0);
        _operations = null;
        _operands = null;
        _values = null;
        if (s_recording == this)
            s_recording = _outer;
        return buffers;
    }

    /// <summary>Whether something has asked for a value, so that each has to be set with the node from now on.</summary>
    internal bool KnowsValues
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _values is not null;
    }

    /// <summary>The value of a node.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal double ValueOf(int node)
    {
        if ((uint)node >= (uint)_count)
            Throw.ClosedTrace();
        if (_values is null)
            FindValues();
        var value = _values[(uint)node];
        // The memory lives as long as the tape.
        GC.KeepAlive(this);
        return value;
    }

    /// <summary>The value of an operand of the node that was recorded last, while the tape <see cref="KnowsValues"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal double KnownValueOf(int operand)
    {
        System.Diagnostics.Debug.Assert(KnowsValues && (uint)operand < (uint)_count, "what was recorded refers to open recordings only");
        return _values[(uint)operand];
    }

    /// <summary>Sets the value of the node that was recorded last, while the tape <see cref="KnowsValues"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetValue(int node, double value)
    {
        System.Diagnostics.Debug.Assert(KnowsValues && node == _count - 1, "there is room for the values of recorded nodes");
        _values[(uint)node] = value;
        // The memory lives as long as the tape.
        GC.KeepAlive(this);
    }

    /// <summary>Throws where the trace of a node has ended.</summary>
    internal void ThrowIfEnded(int node)
    {
        if ((uint)node >= (uint)_count)
            Throw.ClosedTrace();
    }

    /// <summary>Computes the values of all nodes so far.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FindValues()
    {
        // Threads may read, though not record, while the one that records waits for them.
        lock (_point)
        {
            if (_values is not null)
                return;
            var nodes = _buffers!.Nodes;
            nodes.AddValues(_count);
            var values = new Span<double>(nodes.Values, _count);
            _point.CopyTo(values);
            NodeValues.Evaluate(_point.Length, new(_operations, _count), new(_operands, 2 * _count), _lists, _literals.Numbers, values, multiplyPowers: false);
            Thread.MemoryBarrier();
            _values = nodes.Values;
        }
    }

    /// <summary>The node of a scalar; a passive one becomes a literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int IdOf(Real x)
    {
        if (x.TapeOrNull == this)
            return x.NodeId;
        if (x.TapeOrNull is { } other)
            other.ThrowForeign();
        return Constant(x.Value);
    }

    /// <summary>Says what is wrong with a scalar of this tape in another: its trace has ended, or two are mixed.</summary>
    [DoesNotReturn]
    private void ThrowForeign()
    {
        if (_buffers is null)
            Throw.ClosedTrace();
        Throw.MixedTraces();
    }

    /// <summary>Appends a literal. Equal literals share their number, not their node; that is left to the simplifier.</summary>
    internal int Constant(double value)
    {
        var node = Append(Op.Constant, _literals.PlaceOf(value), 0);
        if (KnowsValues)
            SetValue(node, value);
        return node;
    }

    /// <summary>Appends a literal, whose value nothing asks the tape for, and an operation on a node and that literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int AppendWithLiteral(byte operation, int a, double literal, bool literalFirst)
    {
        // The usual way calls nothing, so that its numbers stay in registers.
        var id = _count;
        if (id + 1 >= _capacity)
            return AppendWithLiteralSlowly(operation, a, literal, literalFirst);
        var place = _literals.RecentPlaceOf(literal);
        if (place < 0)
            return AppendWithLiteralSlowly(operation, a, literal, literalFirst);
        byte* operations = _operations + (uint)id;
        long* operands = _operands + (uint)id;
        operations[0] = Op.Constant;
        operations[1] = operation;
        operands[0] = Pack(place, 0);
        operands[1] = literalFirst ? Pack(id, a) : Pack(a, id);
        _count = id + 2;
        return id + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AppendWithLiteralSlowly(byte operation, int a, double literal, bool literalFirst)
    {
        ThrowIfEnded(a);
        var node = Constant(literal);
        return literalFirst ? Append(operation, node, a) : Append(operation, a, node);
    }

    /// <summary>Appends an operation with up to two operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Append(byte operation, int a, int b)
    {
        var id = _count;
        if (id >= _capacity)
            return AppendSlowly(operation, a, b);
        byte* operations = _operations;
        long* operands = _operands;
        operations[(uint)id] = operation;
        operands[(uint)id] = Pack(a, b);
        _count = id + 1;
        return id;
    }

    /// <summary>Appends an operation over a list of operands.</summary>
    internal int AppendList(byte operation, ReadOnlySpan<int> operands)
    {
        var start = _listCount;
        if (start + operands.Length > _lists.Length)
            Array.Resize(ref _lists, Math.Max(start + operands.Length, 2 * _lists.Length));
        operands.CopyTo(_lists.AsSpan(start));
        _listCount += operands.Length;
        return Append(operation, start, operands.Length);
    }

    /// <summary>Appends an operation with literal parameters.</summary>
    internal int AppendParametric(byte operation, int a, ReadOnlySpan<double> parameters)
    {
        ThrowIfEnded(a);
        return Append(operation, a, _literals.Add(parameters));
    }

    /// <summary>Records that the value of a node decided a branch.</summary>
    internal void Guard(int node)
    {
        if (_guardCount == _guards.Length)
            Array.Resize(ref _guards, Math.Max(16, 2 * _guardCount));
        _guards[_guardCount++] = node;
    }

    /// <summary>Records that a variable of the source gets the value of a node; returns the node that stands for the variable.</summary>
    internal int Assign(int node, string variable)
    {
        _marks ??= new TapeMarks();
        // A node is one variable only; a copy is an operation that rounds to the same format, and so changes nothing.
        if (node < _point.Length || _marks.IsAssigned(node))
        {
            var assigned = AppendParametric(Op.Cast, node, [NumberFormat.Binary64.Precision, NumberFormat.Binary64.MaxExponent]);
            if (KnowsValues)
                SetValue(assigned, KnownValueOf(node));
            node = assigned;
        }
        _marks.Assign(node, variable);
        return node;
    }

    /// <summary>Records that a stage of the computation begins with the next operation.</summary>
    internal void BeginStage() => (_marks ??= new TapeMarks()).BeginStage(_count);

    /// <summary>Records that a loop begins; returns its number.</summary>
    internal int AddLoop(string? name) => (_marks ??= new TapeMarks()).AddLoop(name);

    /// <summary>Records where instances of a loop are.</summary>
    internal void AddLoopRun(int start, int length, int count, int loop) => _marks!.AddLoopRun(start, length, count, loop);

    /// <summary>Every guarded node with the value that decided.</summary>
    private Guard[] Guards()
    {
        var guards = new Guard[_guardCount];
        for (var k = 0; k < guards.Length; k++)
            guards[k] = new Guard(_guards[k], ValueOf(_guards[k]));
        return guards;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Pack(int a, int b) => BitConverter.IsLittleEndian ? (uint)a | ((long)b << 32) : (uint)b | ((long)a << 32);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AppendSlowly(byte operation, int a, int b)
    {
        if (_buffers is null)
            Throw.ClosedTrace();
        CheckThread();
        if (_count == _buffers.Nodes.Capacity)
        {
            // What was moved has to be found again also where not everything could be.
            try
            {
                _buffers.Nodes.Grow(_count + 1, RoomBeyond(_count));
            }
            finally
            {
                FindPlaces();
            }
        }
        var id = _count;
        (_operations[id], _operands[id]) = (operation, Pack(a, b));
        _count = id + 1;
        LimitFastWay();
        // A literal is followed by the operation that reads it, and stands where that stands.
        if (operation != Op.Constant)
            _capture?.Note(id);
        return id;
    }

    /// <summary>
    /// Room for at least twice as many. Linux counts only what is used of it, and what is moved there has to be found again by the processor page by page, so that more of it is
    /// taken than is likely to be needed.
    /// </summary>
    private static int RoomBeyond(int nodes)
    {
        if (nodes >= MostNodes)
            throw new InsufficientMemoryException();
        var least = (long)BitOperations.RoundUpToPowerOf2((uint)nodes);
        var room = OperatingSystem.IsLinux() ? Math.Max(2 * least, Math.Min(256 * least, TapePool.MostNodes)) : 2 * least;
        return (int)Math.Min(room, MostNodes);
    }

    private void FindPlaces()
    {
        var nodes = _buffers!.Nodes;
        _operations = nodes.Operations;
        _operands = nodes.Operands;
        if (KnowsValues)
            _values = nodes.Values;
        LimitFastWay();
    }

    private void LimitFastWay() => _capacity = _capture is null ? Math.Min(_buffers!.Nodes.Capacity, _count + Math.Min(_count / NodesForEachUnasked, MostUnasked)) : 0;

    /// <summary>
    /// Threads that record on one tape tear it apart. To ask at every node whose thread it is would take a fifth of the time of recording; so it is asked at every one of the first nodes,
    /// which most functions have no more than, and then at fewer and fewer, down to one of some hundreds.
    /// </summary>
    private void CheckThread()
    {
        if (_thread == Environment.CurrentManagedThreadId && !_isTornApart)
            return;
        _isTornApart = true;
        Throw.OtherThread();
    }
}
