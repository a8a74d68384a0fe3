using HybridAD.Graph;

namespace HybridAD.Rolling.Forms;

/// <summary>How operands are written in a form: what they are in two bits, and which one.</summary>
internal static class FormReference
{
    /// <summary>A literal; which one is clear from the order.</summary>
    public const int Literal = 0;

    /// <summary>A leaf.</summary>
    public const int Leaf = 1;

    /// <summary>An operation of the form itself.</summary>
    public const int Operation = 2;

    /// <summary>A literal whose value belongs to the form; its bits follow.</summary>
    public const int Number = 3;

    public static int To(int kind, int index) => checked(index << 2) | kind;

    public static int KindOf(int reference) => reference & 3;

    public static int IndexOf(int reference) => reference >> 2;

    /// <summary>The bits of a number in a form.</summary>
    public static long NumberAt(ReadOnlySpan<int> text, ref int at)
    {
        at += 2;
        return (uint)text[at - 2] | ((long)text[at - 1] << 32);
    }

    /// <summary>Whether a literal second operand decides what the derivative looks like.</summary>
    public static bool IsStructural(byte operation) => operation is Op.Pow or Op.RootN or Op.RoundTo or Op.TruncateTo or Op.Precision;
}
