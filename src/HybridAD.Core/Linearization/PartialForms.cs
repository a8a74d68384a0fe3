using System.Runtime.CompilerServices;
using HybridAD.Primitives;

namespace HybridAD.Linearization;

/// <summary>The forms of all partial derivatives in a table, for passes over a whole trace: a virtual call for every operand would be most of their time.</summary>
internal static class PartialForms
{
    /// <summary>Operands of each operation in the table; only lists have more.</summary>
    private const int Tabled = 4;

    private static readonly PartialForm[] Forms = MakeForms();

    /// <summary>The form of the partial derivative of an operation to one of its operands.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PartialForm Of(byte operation, int operand) =>
        operand < Tabled ? Forms[Tabled * operation + operand] : Primitive.Of(operation).FormOf(operand);

    private static PartialForm[] MakeForms()
    {
        var forms = new PartialForm[Tabled * 256];
        foreach (var primitive in Primitive.All)
            for (var operand = 0; operand < Tabled; operand++)
                if (operand < OperandCount(primitive.Arity))
                    forms[Tabled * primitive.Code + operand] = primitive.FormOf(operand);
        return forms;
    }

    private static int OperandCount(Arity arity) => arity switch
    {
        Arity.Unary or Arity.Parametric => 1,
        Arity.Binary => 2,
        Arity.Ternary => 3,
        _ => Tabled,
    };
}
