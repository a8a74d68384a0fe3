using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The smallest of a list.</summary>
        public const byte MinOf = 91;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The smallest of a list.</summary>
        public static readonly ListPrimitive<ExtremeOfRule<MinRule>> MinOf = Primitive.Register(new ListPrimitive<ExtremeOfRule<MinRule>>(Op.MinOf, "minof")
        {
            UlpBound = 0,
            IsCommutative = true, Smoothness = Smoothness.Kinked,
        });
    }
}

namespace HybridAD
{
    public readonly partial struct Real
    {
        /// <summary>The smallest of a list as one operation, NaN if one is NaN; at a tie the derivative is that of the first.</summary>
        /// <exception cref="HybridAdArgumentException">HAD1004: the list is empty.</exception>
        public static Real MinOf(params ReadOnlySpan<Real> values)
        {
            if (values.IsEmpty)
                Errors.Throw.OutOfRange(nameof(values), "an empty list", "one number or more");
            return List<ExtremeOfRule<MinRule>>(Op.MinOf, values);
        }
    }
}
