using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HybridAD.Errors;
using HybridAD.Graph;
using HybridAD.Rounding;

namespace HybridAD.Tracing;

/// <summary>
/// Records the operations of C# code that runs on <see cref="Real"/>, with the value of every node, so that comparisons can be answered.
/// Its arrays are pooled per thread; the tape itself is new for every trace, so that scalars of an older trace are always recognised.
/// </summary>
public sealed class Tape
{
    private const int MaxPooledNodes = 1 << 24;

    [ThreadStatic]
    private static Buffers? s_pool;

    [ThreadStatic]
    private static Tape? s_recording;

    private byte[] _operations;
    private long[] _operands;
    private double[] _values;
    private int _count;
    private int[] _lists;
    private int _listCount;
    private double[] _constants;
    private int _constantCount;
    private int[] _guards;
    private int _guardCount;
    private readonly int _inputCount;
    private readonly SourceCapture? _capture;
    private readonly Tape? _outer;

    // The length of the arrays of nodes, all the same; 0 while sources are captured and once the tape has ended, so that the fast way, which has nothing else to ask, is
    // not taken.
    private int _capacity;
    private TapeMarks? _marks;

    /// <summary>Starts a trace at a point; the inputs get its values.</summary>
    /// <param name="point">The point, a number per input.</param>
    /// <param name="captureSource">
    /// Whether the line of C# that performs each operation is found, on the stack: some microseconds for each operation instead of some nanoseconds.
    /// </param>
    public Tape(ReadOnlySpan<double> point, bool captureSource = false)
    {
        var buffers = s_pool ?? new Buffers(new byte[256], new long[256], new double[256], new int[64], new double[64], new int[16]);
        s_pool = null;
        (_operations, _operands, _values, _lists, _constants, _guards) = buffers;
        _inputCount = point.Length;
        _outer = s_recording;
        s_recording = this;
        while (_operations.Length < point.Length)
            Grow();
        _operations.AsSpan(0, point.Length).Clear();
        _operands.AsSpan(0, point.Length).Clear();
        point.CopyTo(_values);
        _count = point.Length;
        // Under native AOT a frame of the stack has no method to name, and asking for one would keep the trimmer from trimming.
        if (captureSource && RuntimeFeature.IsDynamicCodeSupported)
            _capture = new SourceCapture(_inputCount);
        _capacity = _capture is null ? _values.Length : 0;
    }

    /// <summary>The tape that was started last on the calling thread and has not ended.</summary>
    internal static Tape? Recording => s_recording;

    /// <summary>Nodes recorded so far.</summary>
    internal int NodeCount => _count;

    /// <summary>The active scalar of an input.</summary>
    public Real Input(int index)
    {
        if ((uint)index >= (uint)_inputCount)
            Throw.OutOfRange(nameof(index), index, $"0 … {_inputCount - 1}");
        return new Real(this, index);
    }

    /// <summary>Ends the trace and gives the arrays back to the pool.</summary>
    /// <param name="outputs">The outputs; passive ones become literals.</param>
    /// <param name="names">Names, where there are any.</param>
    public Trace Finish(ReadOnlySpan<Real> outputs, TraceNames? names = null) => FinishProgram(outputs, names).Trace;

    /// <summary>Ends the trace as <see cref="Finish"/> does; with it comes what was captured and marked: source lines, variables, stages.</summary>
    /// <param name="outputs">The outputs; passive ones become literals.</param>
    /// <param name="names">Names, where there are any.</param>
    public RoundedProgram FinishProgram(ReadOnlySpan<Real> outputs, TraceNames? names = null)
    {
        if (_values.Length == 0)
            Throw.ClosedTrace();
        var ids = new int[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
            ids[i] = IdOf(outputs[i]);
        var trace = new Trace(_inputCount, Copy<byte>(_operations.AsSpan(0, _count)), Copy(MemoryMarshal.Cast<long, int>(_operands.AsSpan(0, _count))),
            Copy<int>(_lists.AsSpan(0, _listCount)), Copy<double>(_constants.AsSpan(0, _constantCount)), ids, Guards(), names ?? TraceNames.None,
            _values.AsSpan(0, _inputCount).ToArray());
        var program = new RoundedProgram(trace) { Sources = _capture?.Finish(_count) };
        program = _marks?.AddTo(program) ?? program;
        Abandon();
        return program;
    }

    /// <summary>A copy whose memory is not cleared before it is written.</summary>
    private static T[] Copy<T>(ReadOnlySpan<T> from, int? length = null)
        where T : unmanaged
    {
        var copy = GC.AllocateUninitializedArray<T>(length ?? from.Length);
        from.CopyTo(copy);
        return copy;
    }

    /// <summary>Ends the trace without a result, after an exception in the traced code.</summary>
    public void Abandon()
    {
        if (_values.Length is > 0 and <= MaxPooledNodes)
            s_pool = new Buffers(_operations, _operands, _values, _lists, _constants, _guards);
        (_operations, _operands, _values, _lists, _constants, _guards) = ([], [], [], [], [], []);
        (_count, _capacity) = (0, 0);
        if (s_recording == this)
            s_recording = _outer;
    }

    /// <summary>The value of a node.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal double ValueOf(int node)
    {
        var values = _values;
        if ((uint)node >= (uint)values.Length)
            Throw.ClosedTrace();
        return values[node];
    }

    /// <summary>The node of a scalar; a passive one becomes a literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int IdOf(Real x)
    {
        if (x.TapeOrNull == this)
            return x.NodeId;
        if (x.TapeOrNull is not null)
            Throw.MixedTraces();
        return Constant(x.Value);
    }

    /// <summary>Appends a literal. Equal literals are not shared here; that is left to the simplifier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Constant(double value)
    {
        var index = _constantCount;
        var constants = _constants;
        if ((uint)index >= (uint)constants.Length)
            constants = GrowConstants(1);
        constants[index] = value;
        _constantCount = index + 1;
        return Append(Op.Constant, index, 0, value);
    }

    /// <summary>Appends a literal, whose value nothing asks the tape for, and an operation on a node and that literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int AppendWithLiteral(byte operation, int a, double literal, bool literalFirst, double value)
    {
        var id = _count;
        var index = _constantCount;
        var constants = _constants;
        if (id + 1 >= _capacity || (uint)index >= (uint)constants.Length)
        {
            var node = Constant(literal);
            return Append(operation, literalFirst ? node : a, literalFirst ? a : node, value);
        }
        constants[index] = literal;
        OperationAt(id) = Op.Constant;
        OperandsAt(id) = Pack(index, 0);
        OperationAt(id + 1) = operation;
        OperandsAt(id + 1) = literalFirst ? Pack(id, a) : Pack(a, id);
        ValueAt(id + 1) = value;
        _constantCount = index + 1;
        _count = id + 2;
        return id + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private double[] GrowConstants(int needed)
    {
        Array.Resize(ref _constants, Math.Max(_constantCount + needed, 2 * _constantCount));
        return _constants;
    }

    /// <summary>Appends an operation with up to two operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int Append(byte operation, int a, int b, double value)
    {
        var id = _count;
        if (id >= _capacity)
            return AppendGrowing(operation, a, b, value);
        OperationAt(id) = operation;
        OperandsAt(id) = Pack(a, b);
        ValueAt(id) = value;
        _count = id + 1;
        return id;
    }

    // A node below the capacity is within all three arrays: one comparison has to do for them.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte OperationAt(int node) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_operations), (nint)node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref long OperandsAt(int node) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_operands), (nint)node);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref double ValueAt(int node) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_values), (nint)node);

    /// <summary>Appends an operation over a list of operands.</summary>
    internal int AppendList(byte operation, ReadOnlySpan<int> operands, double value)
    {
        var start = _listCount;
        if (start + operands.Length > _lists.Length)
            Array.Resize(ref _lists, Math.Max(start + operands.Length, 2 * _lists.Length));
        operands.CopyTo(_lists.AsSpan(start));
        _listCount += operands.Length;
        return Append(operation, start, operands.Length, value);
    }

    /// <summary>Appends an operation with literal parameters.</summary>
    internal int AppendParametric(byte operation, int a, ReadOnlySpan<double> parameters, double value)
    {
        var start = _constantCount;
        if (start + parameters.Length + 1 > _constants.Length)
            GrowConstants(parameters.Length + 1);
        _constants[start] = parameters.Length;
        parameters.CopyTo(_constants.AsSpan(start + 1));
        _constantCount += parameters.Length + 1;
        return Append(operation, a, start, value);
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
        if (node < _inputCount || _marks.IsAssigned(node))
            node = AppendParametric(Op.Cast, node, [NumberFormat.Binary64.Precision, NumberFormat.Binary64.MaxExponent], _values[node]);
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
            guards[k] = new Guard(_guards[k], _values[_guards[k]]);
        return guards;
    }

    private static long Pack(int a, int b) => BitConverter.IsLittleEndian ? (uint)a | ((long)b << 32) : (uint)b | ((long)a << 32);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AppendGrowing(byte operation, int a, int b, double value)
    {
        if (_values.Length == 0)
            Throw.ClosedTrace();
        if (_count == _values.Length)
            Grow();
        var id = _count++;
        _operations[id] = operation;
        _operands[id] = Pack(a, b);
        _values[id] = value;
        // A literal is followed by the operation that reads it, and stands where that stands.
        if (operation != Op.Constant)
            _capture?.Note(id);
        return id;
    }

    private void Grow()
    {
        var capacity = checked(2 * _operations.Length);
        _operations = Copy<byte>(_operations, capacity);
        _operands = Copy<long>(_operands, capacity);
        _values = Copy<double>(_values, capacity);
        _capacity = _capture is null ? capacity : 0;
    }

    private sealed record Buffers(byte[] Operations, long[] Operands, double[] Values, int[] Lists, double[] Constants, int[] Guards);
}
