using HybridAD.Graph;
using HybridAD.Primitives;

namespace HybridAD.Graph
{
    public static partial class Op
    {
        /// <summary>The largest of a list.</summary>
        public const byte MaxOf = 92;
    }
}

namespace HybridAD.Primitives
{
    public static partial class Catalog
    {
        /// <summary>The largest of a list.</summary>
        public static readonly ListPrimitive<ExtremeOfRule<MaxRule>> MaxOf = Primitive.Register(new ListPrimitive<ExtremeOfRule<MaxRule>>(Op.MaxOf, "maxof")
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
        /// <summary>The largest of a list as one operation, NaN if one is NaN; at a tie the derivative is that of the first.</summary>
        /// <exception cref="HybridAdArgumentException">HAD1004: the list is empty.</exception>
        public static Real MaxOf(params ReadOnlySpan<Real> values)
        {
            if (values.IsEmpty)
                Errors.Throw.OutOfRange(nameof(values), "an empty list", "one number or more");
            return List<ExtremeOfRule<MaxRule>>(Op.MaxOf, values);
        }
    }
}
