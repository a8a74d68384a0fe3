using HybridAD.Graph;

namespace HybridAD.Stability.Points.Rewrites;

/// <summary>A node as rewrites look at it: roundings to a format in between are not seen, and a difference is a difference however it is written.</summary>
internal readonly struct Term
{
    private readonly Trace _trace;
    private readonly double[] _values;

    public Term(Trace trace, double[] values, int node)
    {
        while (trace.Operations[node] == Op.Cast)
            node = trace.OperandsOf(node)[0];
        (_trace, _values, Node) = (trace, values, node);
    }

    public int Node { get; }

    public double Value => _values[Node];

    public byte Operation => _trace.Operations[Node];

    /// <summary>Number of operands.</summary>
    public int Count => _trace.OperandsOf(Node).Length;

    /// <summary>An operand.</summary>
    public Term this[int k] => new(_trace, _values, _trace.OperandsOf(Node)[k]);

    /// <summary>Whether this is a literal.</summary>
    public bool IsLiteral => _trace.IsConstant(Node);

    /// <summary>Whether this is a literal of a value.</summary>
    public bool Is(double literal) => IsLiteral && Value == literal;

    /// <summary>φ(a) for a function of one operand.</summary>
    public bool Is(byte operation, out Term a)
    {
        a = this;
        if (Operation != operation)
            return false;
        a = this[0];
        return true;
    }

    /// <summary>Whether both are the same node, or equal literals.</summary>
    public bool Equals(Term other) => Node == other.Node || (IsLiteral && other.IsLiteral && Value == other.Value);

    /// <summary>a − b, also written as a + (−b).</summary>
    public bool IsDifference(out Term a, out Term b)
    {
        (a, b) = (this, this);
        switch (Operation)
        {
            case Op.Sub:
                (a, b) = (this[0], this[1]);
                return true;
            case Op.Add when this[1].Operation == Op.Neg:
                (a, b) = (this[0], this[1][0]);
                return true;
            case Op.Add when this[0].Operation == Op.Neg:
                (a, b) = (this[1], this[0][0]);
                return true;
            case Op.Add when this[1].IsLiteral && this[1].Value < 0:
                (a, b) = (this[0], this[1]);
                return true;
            default:
                return false;
        }
    }

    /// <summary>a² as a square, a product or a power.</summary>
    public bool IsSquare(out Term a)
    {
        a = this;
        if (!(Operation == Op.Square || (Operation == Op.Mul && this[0].Equals(this[1])) || (Operation == Op.Pow && this[1].Is(2))))
            return false;
        a = this[0];
        return true;
    }

    /// <summary>a · b, squares too.</summary>
    public bool IsProduct => Operation is Op.Mul or Op.Square;

    /// <summary>1 + a, either way round.</summary>
    public bool IsOnePlus(out Term a)
    {
        a = this;
        if (Operation == Op.Sub && this[0].Is(1))
        {
            a = this[1];
            return true;
        }
        if (Operation != Op.Add || !(this[0].Is(1) || this[1].Is(1)))
            return false;
        a = this[0].Is(1) ? this[1] : this[0];
        return true;
    }
}
