using HybridAD.Blocks;
using HybridAD.Planning.Costs;
using HybridAD.Plans;

namespace HybridAD.Planning.Estimates;

/// <summary>
/// What a function takes as straight-line code, read off the code as it would be written: how much of it is packed into registers, how much is constant, and what is computed already. That takes
/// about as long as compiling it, so that it is asked for short functions only, when they are to be compiled.
/// </summary>
internal interface IStraightLineWork
{
    /// <summary>The work of the values of a function that is one kernel with one instance.</summary>
    /// <param name="whole">The function.</param>
    /// <param name="profile">The prices by which what takes longer is found: all instructions, or those that wait for each other.</param>
    Work OfValues(BlockGraph whole, CostProfile profile);

    /// <summary>The work of the Jacobian of such a function.</summary>
    /// <param name="whole">The function.</param>
    /// <param name="pattern">The pattern of its Jacobian.</param>
    /// <param name="order">How it is differentiated.</param>
    /// <param name="profile">The prices, as for values.</param>
    Work OfJacobian(BlockGraph whole, SparsityPattern pattern, JacobianStrategy order, CostProfile profile);
}
