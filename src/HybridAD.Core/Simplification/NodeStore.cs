using System.Runtime.CompilerServices;
using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Simplification;

/// <summary>
/// The trace under construction: arrays laid out as in <see cref="Trace"/>, and an index of the nodes by their operands, so that asking for an
/// operation that exists gives the existing node (hash-consing).
/// </summary>
internal sealed class NodeStore
{
    private static readonly Arity[] Arities = new Arity[256];

    private static readonly bool[] Symmetric = new bool[256];

    static NodeStore()
    {
        foreach (var primitive in Primitive.All)
        {
            Arities[primitive.Code] = primitive.Arity;
            // Min and Max are symmetric in value, but at a tie the first operand has the derivative: kinked operations keep their order.
            Symmetric[primitive.Code] = primitive is { IsCommutative: true, Arity: Arity.Binary, Smoothness: not Smoothness.Kinked };
        }
    }

    private const int LongestChain = 4;

    private readonly NodeTable _table;

    // Two per node: the newest of the first few operations that have the node as their later operand, and the next older operation that
    // shares its own later operand. Node 0 has no operands, so 0 is none.
    private int[] _links;

    public NodeStore(int inputCount, int capacity, bool share)
    {
        InputCount = inputCount;
        Count = inputCount;
        Operations = new byte[capacity + 16];
        Operands = new int[2 * (capacity + 16)];
        HasNoDuplicates = share;
        _table = new NodeTable(share ? capacity / 4 : 0);
        _links = share ? new int[Operands.Length] : [];
    }

    public int InputCount { get; }

    /// <summary>Whether no node is written that exists.</summary>
    public bool HasNoDuplicates { get; }

    public int Count { get; private set; }

    public byte[] Operations { get; private set; }

    /// <summary>Two slots per node, as in the trace.</summary>
    public int[] Operands { get; private set; }

    public int[] Lists { get; private set; } = [];

    public int ListCount { get; private set; }

    public double[] Constants { get; private set; } = new double[16];

    public int ConstantCount { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Arity ArityOf(byte operation) => Arities[operation];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsLiteral(int node) => Operations[node] == Op.Constant;

    public double LiteralOf(int node) => Constants[Operands[2 * node]];

    /// <summary>The operands of a node, as <see cref="Trace.OperandsOf"/>.</summary>
    public ReadOnlySpan<int> OperandsOf(int node)
    {
        var operation = Operations[node];
        return operation <= Op.Constant ? default : Arities[operation] switch
        {
            Arity.Unary or Arity.Parametric => Operands.AsSpan(2 * node, 1),
            Arity.Binary => Operands.AsSpan(2 * node, 2),
            _ => Lists.AsSpan(Operands[2 * node], Operands[2 * node + 1]),
        };
    }

    public ReadOnlySpan<double> ParametersOf(int node)
    {
        var start = Operands[2 * node + 1];
        return Constants.AsSpan(start + 1, (int)Constants[start]);
    }

    public int Literal(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var hash = Finish(Mix(Op.Constant, (ulong)bits));
        for (var search = _table.Find(hash); search.Next(out var node);)
            if (IsLiteral(node) && BitConverter.DoubleToInt64Bits(LiteralOf(node)) == bits)
                return node;
        if (ConstantCount == Constants.Length)
            Constants = Grown(Constants, ConstantCount + 1);
        Constants[ConstantCount] = value;
        return Append(Op.Constant, ConstantCount++, 0, hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Unary(byte operation, int a) => Inline(operation, a, 0, a, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Binary(byte operation, int a, int b) =>
        Symmetric[operation] && a > b ? Inline(operation, a, b, b, a) : Inline(operation, a, b, a, b);

    /// <summary>An operation over a list. The list may be a span of <see cref="Lists"/> itself.</summary>
    public int List(byte operation, ReadOnlySpan<int> operands)
    {
        var mixed = Mix(operation, (ulong)operands.Length);
        foreach (var operand in operands)
            mixed = Mix(operation, mixed ^ (uint)operand);
        var hash = Finish(mixed);
        for (var search = _table.Find(hash); search.Next(out var node);)
            if (Operations[node] == operation && OperandsOf(node).SequenceEqual(operands))
                return node;
        var start = ListCount;
        if (start + operands.Length > Lists.Length)
            Lists = Grown(Lists, start + operands.Length);
        operands.CopyTo(Lists.AsSpan(start));
        ListCount += operands.Length;
        return Append(operation, start, operands.Length, hash);
    }

    public int Parametric(byte operation, int a, ReadOnlySpan<double> parameters)
    {
        var mixed = Mix(operation, (uint)a);
        foreach (var parameter in parameters)
            mixed = Mix(operation, mixed ^ (ulong)BitConverter.DoubleToInt64Bits(parameter));
        var hash = Finish(mixed);
        for (var search = _table.Find(hash); search.Next(out var node);)
            if (Operations[node] == operation && Operands[2 * node] == a && SameBits(ParametersOf(node), parameters))
                return node;
        var start = ConstantCount;
        if (start + parameters.Length + 1 > Constants.Length)
            Constants = Grown(Constants, start + parameters.Length + 1);
        Constants[start] = parameters.Length;
        parameters.CopyTo(Constants.AsSpan(start + 1));
        ConstantCount += parameters.Length + 1;
        return Append(operation, a, start, hash);
    }

    /// <summary>
    /// An operation whose operands are stored inline. The first few users of a node are found through a chain that starts at the node, because that
    /// memory was touched lately; only the users of much-used nodes go to the table, where every look is a cache miss in a long trace.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Inline(byte operation, int a, int b, int keyA, int keyB)
    {
        if (!HasNoDuplicates)
            return Append(operation, a, b);
        var later = Math.Max(keyA, keyB);
        var length = 0;
        for (var user = _links[2 * later]; user != 0; user = _links[2 * user + 1])
        {
            if (IsSame(user, operation, a, b))
                return user;
            if (++length == LongestChain)
                return Tabled(operation, a, b, Finish(Mix(operation, (uint)keyA | ((ulong)(uint)keyB << 32))));
        }
        var id = Append(operation, a, b);
        _links[2 * id + 1] = _links[2 * later];
        _links[2 * later] = id;
        return id;
    }

    private int Tabled(byte operation, int a, int b, uint hash)
    {
        for (var search = _table.Find(hash); search.Next(out var node);)
            if (IsSame(node, operation, a, b))
                return node;
        return Append(operation, a, b, hash);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsSame(int node, byte operation, int a, int b)
    {
        if (Operations[node] != operation)
            return false;
        var (x, y) = (Operands[2 * node], Operands[2 * node + 1]);
        return (x == a && y == b) || (x == b && y == a && Symmetric[operation]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Append(byte operation, int a, int b)
    {
        var id = Count;
        if (id == Operations.Length)
            GrowNodes();
        Operations[id] = operation;
        Operands[2 * id] = a;
        Operands[2 * id + 1] = b;
        Count = id + 1;
        return id;
    }

    private int Append(byte operation, int a, int b, uint hash)
    {
        var id = Append(operation, a, b);
        if (HasNoDuplicates)
            _table.Add(hash, id);
        return id;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void GrowNodes()
    {
        Operations = Grown(Operations, Count + 1);
        Operands = Grown(Operands, checked(2 * Operations.Length));
        if (HasNoDuplicates)
            _links = Grown(_links, Operands.Length);
    }

    private static T[] Grown<T>(T[] array, int needed)
    {
        Array.Resize(ref array, Math.Max(needed, checked(array.Length + array.Length / 2)));
        return array;
    }

    private static bool SameBits(ReadOnlySpan<double> a, ReadOnlySpan<double> b) =>
        System.Runtime.InteropServices.MemoryMarshal.Cast<double, long>(a).SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.Cast<double, long>(b));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(byte operation, ulong key)
    {
        var product = (key + operation * 0x9E3779B97F4A7C15) * 0xD6E8FEB86659FD93;
        return product ^ (product >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Finish(ulong mixed) => (uint)((mixed * 0xD6E8FEB86659FD93) >> 32);
}
