using System.Buffers;
using System.Runtime.CompilerServices;
using HybridAD.Collections;
using HybridAD.Errors;
using HybridAD.Primitives;

namespace HybridAD.Graph;

/// <summary>
/// Writes a <see cref="Trace"/> node by node. Readers of files, the simplifier and the tracer of C# code all end here.
/// Not thread-safe.
/// </summary>
public sealed class TraceBuilder
{
    private const int FirstConstants = 16;

    private byte[] _operations;
    private int[] _operands;
    private int[] _lists = [];
    private int _listCount;
    private double[] _constants = new double[FirstConstants];
    private int _constantCount;
    private readonly List<Guard> _guards = [];
    private readonly bool _isPooled;
    private int _count;

    /// <summary>Starts a trace with its inputs, nodes <c>0 … inputCount − 1</c>.</summary>
    public TraceBuilder(int inputCount, int capacity = 64)
        : this(inputCount, capacity, isPooled: false)
    {
    }

    private TraceBuilder(int inputCount, int capacity, bool isPooled)
    {
        if (inputCount < 0)
            Throw.OutOfRange(nameof(inputCount), inputCount, "0 or more");
        InputCount = inputCount;
        _isPooled = isPooled;
        capacity = Math.Max(inputCount + 16, capacity);
        _operations = isPooled ? ArrayPool<byte>.Shared.Rent(capacity) : new byte[capacity];
        _operands = isPooled ? ArrayPool<int>.Shared.Rent(2 * _operations.Length) : new int[2 * capacity];
        _operations.AsSpan(0, inputCount).Clear();
        _operands.AsSpan(0, 2 * inputCount).Clear();
        _count = inputCount;
    }

    /// <summary>
    /// A builder that works in pooled arrays and has to be released after <see cref="Build"/>: arrays of this size are cleared by the runtime, page by page, and collected
    /// with everything else that is large.
    /// </summary>
    internal static TraceBuilder Pooled(int inputCount, int capacity) => new(inputCount, capacity, isPooled: true);

    /// <summary>Number of inputs.</summary>
    public int InputCount { get; }

    /// <summary>Number of nodes so far; the id of the next node.</summary>
    public int NodeCount => _count;

    /// <summary>The operation code of a node written before.</summary>
    public byte OperationOf(int node) => _operations[node];

    /// <summary>The value of a literal written before.</summary>
    public double ConstantOf(int node) => _constants[_operands[2 * node]];

    /// <summary>The operands of an operation over a list that was written before.</summary>
    internal ReadOnlySpan<int> ListOf(int node) => _lists.AsSpan(_operands[2 * node], _operands[2 * node + 1]);

    /// <summary>Appends a literal and returns its id.</summary>
    public int Constant(double value)
    {
        if (_constantCount == _constants.Length)
            Resize(ref _constants, Grown(_constantCount));
        _constants[_constantCount] = value;
        return Append(Op.Constant, _constantCount++, 0);
    }

    /// <summary>Appends an operation with one operand and returns its id.</summary>
    public int Unary(byte operation, int a) => Append(operation, a, 0);

    /// <summary>Appends an operation with two operands and returns its id.</summary>
    public int Binary(byte operation, int a, int b) => Append(operation, a, b);

    /// <summary>Appends an operation over a list of operands (sum, min, fma, select …) and returns its id.</summary>
    public int List(byte operation, params ReadOnlySpan<int> operands)
    {
        var start = _listCount;
        if (start + operands.Length > _lists.Length)
            Resize(ref _lists, Math.Max(start + operands.Length, Grown(_lists.Length)));
        operands.CopyTo(_lists.AsSpan(start));
        _listCount += operands.Length;
        return Append(operation, start, operands.Length);
    }

    /// <summary>Appends an operation with one operand and literal parameters and returns its id.</summary>
    public int Parametric(byte operation, int a, ReadOnlySpan<double> parameters)
    {
        var start = _constantCount;
        if (start + parameters.Length + 1 > _constants.Length)
            Resize(ref _constants, Math.Max(start + parameters.Length + 1, Grown(_constants.Length)));
        _constants[start] = parameters.Length;
        parameters.CopyTo(_constants.AsSpan(start + 1));
        _constantCount += parameters.Length + 1;
        return Append(operation, a, start);
    }

    /// <summary>Appends a copy of another trace's operation with its operands renumbered.</summary>
    public int Copy(Trace source, int node, ReadOnlySpan<int> operands)
    {
        ArgumentNullException.ThrowIfNull(source);
        var operation = source.Operations[node];
        return operation == Op.Constant ? Constant(source.ConstantOf(node)) : Primitive.ArityOf(operation) switch
        {
            Arity.Unary => Unary(operation, operands[0]),
            Arity.Binary => Binary(operation, operands[0], operands[1]),
            Arity.Parametric => Parametric(operation, operands[0], source.ParametersOf(node)),
            _ => List(operation, operands),
        };
    }

    /// <summary>Records that a node's value decided a branch.</summary>
    public void AddGuard(int node, double expected) => _guards.Add(new Guard(node, expected));

    /// <summary>Ends the trace. The builder can go on being used; the trace does not change with it.</summary>
    /// <param name="outputs">The node of each output.</param>
    /// <param name="names">Names, where there are any.</param>
    /// <param name="point">A default point, or null.</param>
    public Trace Build(ReadOnlySpan<int> outputs, TraceNames? names = null, double[]? point = null) => new(
        InputCount, Exact(_operations, _count), Exact(_operands, 2 * _count), Exact(_lists, _listCount), Exact(_constants, _constantCount), outputs.ToArray(),
        [.. _guards], names ?? TraceNames.None, point);

    /// <summary>Gives the arrays of a pooled builder back; it cannot be used any more.</summary>
    internal void Release()
    {
        Return(_operations);
        Return(_operands);
        Return(_lists);
        Return(_constants);
        (_operations, _operands, _lists, _constants, _count) = ([], [], [], [], 0);
    }

    private static T[] Exact<T>(T[] array, int count)
        where T : unmanaged => FreshPages.Copy<T>(array.AsSpan(0, count));

    private void Resize<T>(ref T[] array, int length)
        where T : unmanaged
    {
        if (!_isPooled)
        {
            Array.Resize(ref array, length);
            return;
        }
        var larger = ArrayPool<T>.Shared.Rent(length);
        array.AsSpan().CopyTo(larger);
        Return(array);
        array = larger;
    }

    private void Return<T>(T[] array)
    {
        // The first arrays of literals and lists are none of the pool's.
        if (_isPooled && array.Length > FirstConstants)
            ArrayPool<T>.Shared.Return(array);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Append(byte operation, int a, int b)
    {
        var id = _count;
        if ((uint)id >= (uint)_operations.Length)
            Grow();
        _operations[id] = operation;
        _operands[2 * id] = a;
        _operands[2 * id + 1] = b;
        _count = id + 1;
        return id;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        var capacity = Grown(_operations.Length);
        Resize(ref _operations, capacity);
        Resize(ref _operands, checked(2 * _operations.Length));
    }

    private static int Grown(int length) => Math.Max(16, checked(length + Math.Max(length / 2, 16)));
}
