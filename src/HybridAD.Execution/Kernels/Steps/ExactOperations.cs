using HybridAD.Graph;

namespace HybridAD.Execution.Kernels.Steps;

/// <summary>Operations whose results IEEE arithmetic fixes to the last bit, and which vectors have as instructions.</summary>
internal static class ExactOperations
{
    /// <summary>Whether an operation is one.</summary>
    public static bool Contain(byte operation) =>
        operation is Op.Add or Op.Sub or Op.Mul or Op.Div or Op.Neg or Op.Abs or Op.Sqrt or Op.Square or Op.Max or Op.Min or KernelOperation.SlopeOfAbs || AreComparisons(operation);

    /// <summary>Whether an operation is one that answers 1 or 0.</summary>
    public static bool AreComparisons(byte operation) => operation is Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual;
}
