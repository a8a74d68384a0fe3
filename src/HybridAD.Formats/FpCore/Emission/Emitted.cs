namespace HybridAD.Formats.FpCore.Emission;

/// <summary>The type an expression has in the emitted language.</summary>
internal enum EmittedType
{
    Double,
    Float,
    Truth,
}

/// <summary>How tightly an expression holds together, loosest first.</summary>
internal enum Binding
{
    Choice,
    Or,
    And,
    Comparison,
    Sum,
    Product,
    Prefix,
    Atom,
}

/// <summary>An expression as text.</summary>
internal readonly record struct Emitted(string Text, Binding Binding, EmittedType Type)
{
    public bool IsFloat => Type == EmittedType.Float;

    /// <summary>The text, in parentheses where it holds less tightly than its place asks for.</summary>
    public string At(Binding place) => Binding < place ? $"({Text})" : Text;

    /// <summary>The expression as a double, so that an operation on it is one of doubles.</summary>
    public Emitted Widened() => IsFloat ? new($"(double){At(Binding.Prefix)}", Binding.Prefix, EmittedType.Double) : this;

    /// <summary>The expression rounded to float.</summary>
    public Emitted Narrowed() => IsFloat ? this : new($"(float){At(Binding.Prefix)}", Binding.Prefix, EmittedType.Float);
}
